import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { waitUntil } from '@switchyard/testkit/processes';
import { request } from 'undici';

/** A Portkey Gateway that runs on this machine. */
export interface PortkeyGateway {
  readonly pid: number | undefined;
  /** Its OpenAI-compatible base URL. */
  readonly baseUrl: string;
  /** Kills it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts Portkey Gateway from npm, as its maintainers do, and waits until it answers. */
export async function startPortkey(port: number): Promise<PortkeyGateway> {
  const entry = createRequire(import.meta.url).resolve('@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [entry, `--port=${port}`, '--headless'], { stdio: 'ignore' });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const origin = `http://127.0.0.1:${port}`;
  const answered = await waitUntil({ ask: () => isAnswering(origin), timeoutMs: 30_000, intervalMs: 50 });
  if (answered === undefined) {
    await ended(child);
    throw new Error(`Portkey Gateway does not answer at ${origin}`);
  }
  return { pid: child.pid, baseUrl: `${origin}/v1`, [Symbol.asyncDispose]: () => ended(child) };
}

async function isAnswering(origin: string): Promise<true | undefined> {
  try {
    const { statusCode, body } = await request(origin);
    await body.dump();
    return statusCode === 200 ? true : undefined;
  } catch {
    return undefined;
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
