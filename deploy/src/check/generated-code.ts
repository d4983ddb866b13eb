import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../settings/repository.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** Where `npm run generate` writes to, seen from `proto/`, as in `buf.gen.yaml`. */
const GENERATED = ['libs/contracts/src/gen', 'libs/contracts/image.binpb'] as const;

/**
 * Lints the protocol definitions, generates anew into a temporary folder, and compares with what is there.
 *
 * @param root of the repository that is looked at
 */
export async function checkGeneratedCode(root = REPOSITORY): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-generated-'));
  try {
    const commands = [
      'buf lint',
      // The output is `../libs/…` below this folder: one level down keeps it inside.
      `buf generate -o '${folder}/proto'`,
      `mkdir -p '${folder}/libs/contracts'`,
      `buf build . --as-file-descriptor-set --exclude-source-info -o '${folder}/libs/contracts/image.binpb'`,
    ];
    const generated = await runCommand(commands.join(' && '), {
      output: 'kept',
      folder: join(root, 'proto'),
    });
    if (generated.exitCode !== 0) return generated;
    const stale = (await Promise.all(GENERATED.map((path) => compare(path, { root, folder })))).flat();
    if (stale.length === 0) return { exitCode: 0, output: '' };
    return { exitCode: 1, output: `not as "npm run generate" writes them:\n${stale.join('\n')}\n` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files below `path` that differ between the repository and the folder. */
async function compare(path: string, { root, folder }: { root: string; folder: string }): Promise<string[]> {
  const files = new Set([...(await filesBelow(root, path)), ...(await filesBelow(folder, path))]);
  const compared = await Promise.all(
    [...files].sort().map(async (file) => {
      const [committed, fresh] = await Promise.all([read(join(root, file)), read(join(folder, file))]);
      return committed !== undefined && fresh !== undefined && committed.equals(fresh) ? [] : [file];
    }),
  );
  return compared.flat();
}

async function filesBelow(root: string, path: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length));
  } catch {
    // A file, or nothing at all.
    return [path];
  }
}

const read = (file: string): Promise<Buffer | undefined> => readFile(file).catch(() => undefined);
