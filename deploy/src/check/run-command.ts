import { spawn } from 'node:child_process';
import { REPOSITORY } from '../settings/repository.ts';

/** How a command ended. */
export interface CommandResult {
  /** 1 and up: it failed, or was ended by a signal. */
  readonly exitCode: number;
  /** What it printed, where that was kept. */
  readonly output: string;
}

export interface CommandOptions {
  /** `shown` as it comes, or `kept` to be shown when it fails. */
  readonly output: 'shown' | 'kept';
  /** Default: the root of the repository. */
  readonly folder?: string;
}

/** More than a linter prints for a broken tree; the beginning is what counts. */
const MAX_KEPT_CHARS = 200_000;

/** Runs a command line of a package script, with the repository's programs on the path. */
export function runCommand(
  command: string,
  { output, folder = REPOSITORY }: CommandOptions,
): Promise<CommandResult> {
  const stdio = output === 'shown' ? 'inherit' : (['ignore', 'pipe', 'pipe'] as const);
  const child = spawn('sh', ['-c', command], { cwd: folder, stdio: stdio as 'inherit' });
  let text = '';
  const keep = (chunk: Buffer) => {
    if (text.length < MAX_KEPT_CHARS) text += chunk.toString('utf8');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const terminate = () => child.kill('SIGTERM');
  process.once('SIGTERM', terminate);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGTERM', terminate);
      resolve({ exitCode: code ?? 1, output: text });
    });
  });
}
