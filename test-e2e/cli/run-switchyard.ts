import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as the package manager links it for `npx switchyard`. */
const SWITCHYARD = fileURLToPath(new URL('../../node_modules/.bin/switchyard', import.meta.url));

/** What a command left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command with nothing in its environment but what finds programs and what is given. */
export function startSwitchyard(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess & { readonly result: Promise<CommandResult> } {
  const child = spawn(SWITCHYARD, args, { env: { PATH: process.env.PATH, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return Object.assign(child, { result });
}

/** Runs the command to its end; `input` is what a user types. */
export async function runSwitchyard(
  args: readonly string[],
  { env, input = '' }: { readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<CommandResult> {
  const child = startSwitchyard(args, env);
  child.stdin?.end(input);
  return child.result;
}
