import { type ChildProcess, spawn } from 'node:child_process';
import { waitUntil } from '@switchyard/testkit/processes';

/** The root of the repository, where a user types. */
const ROOT = new URL('../../', import.meta.url);

/** A command that has ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the user's, as it runs. */
export class NpmCommand {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  /** @param line as a user types it; run by `sh` */
  constructor(line: string, env: Readonly<Record<string, string>>) {
    // A group of its own, as a terminal makes one, so that `interrupt` is what Ctrl-C is.
    this.#child = spawn('sh', ['-c', line], {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString('utf8');
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('utf8');
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      // `close` and not `exit`: nobody holds its output any more.
      this.#child.once('close', (code) =>
        resolve({ exitCode: code ?? -1, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  /** Its end; by force, and as a failure, after two minutes. */
  async ended(): Promise<Ended> {
    const limit = setTimeout(() => this.signal('SIGKILL'), 120_000);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Waits until it has printed a text. @throws with all that it printed where it never does */
  async printed(text: string): Promise<void> {
    const found = await waitUntil({
      ask: () => (this.stdout.includes(text) || this.#child.exitCode !== null ? true : undefined),
      timeoutMs: 90_000,
    });
    if (found && this.stdout.includes(text)) return;
    throw new Error(`never printed ${JSON.stringify(text)}:\n${this.stdout}\n${this.stderr}`);
  }

  /** What a terminal does on Ctrl-C: SIGINT to everything in the foreground. */
  interrupt(): void {
    this.signal('SIGINT');
  }

  /** To the whole group; nothing where it has ended. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Runs a command to its end. */
export function run(line: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new NpmCommand(line, env).ended();
}
