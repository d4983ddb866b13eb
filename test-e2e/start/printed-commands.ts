import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './npm-command.ts';

/** The commands that a start printed for the user to paste. */
export function printedCommands(printed: string): { readonly curl: string; readonly chat: string } {
  const curl = /^ {2}(curl .*)$/m.exec(printed)?.[1];
  const chat = /^ {2}(npm run .*)$/m.exec(printed)?.[1];
  if (curl === undefined || chat === undefined) throw new Error(`no commands in:\n${printed}`);
  return { curl, chat };
}

/** Prints its arguments in place of curl, which is not on every machine. */
const SHOW_ARGUMENTS = '#!/usr/bin/env node\nprocess.stdout.write(JSON.stringify(process.argv.slice(2)));\n';

/** Makes the request that a shell would have curl make. */
export async function curlAsFetch(command: string, env: Readonly<Record<string, string>>): Promise<Response> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-curl-'));
  try {
    await writeFile(join(folder, 'curl'), SHOW_ARGUMENTS);
    await chmod(join(folder, 'curl'), 0o755);
    const { stdout } = await run(command, { ...env, PATH: `${folder}:${env.PATH}` });
    return await fetchLike(JSON.parse(stdout) as string[]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fetchLike(args: readonly string[]): Promise<Response> {
  const after = (flag: string) => args.flatMap((arg, at) => (args[at - 1] === flag ? [arg] : []));
  const headers = after('-H').map((header) => header.split(': ') as [string, string]);
  const [url = ''] = args.filter((arg) => arg.startsWith('http'));
  return fetch(url, { method: 'POST', headers, body: after('-d')[0] ?? null });
}
