import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** What is bundled for one service. */
export interface BundleOptions {
  /** Name of an output file, without its ending → TypeScript module that runs. */
  readonly entries: Readonly<Record<string, string>>;
  /** Folder that gets the files. */
  readonly directory: string;
}

/** What went into a bundle. */
export interface ServiceBundle {
  /** Paths of all modules, ours and those of packages. */
  readonly modules: readonly string[];
  /** Folders with `.proto` files that packages look for in `../../proto` at run time. */
  readonly protoFolders: readonly string[];
}

/** How grpc-js, its health check and its reflection name the files that they read. */
const READS_PROTO = /__dirname[^\n]*\.\.\/\.\.\/proto/;

/**
 * Bundles a service and all its packages into plain JavaScript: type stripping doesn't work under node_modules, and one
 * file starts faster than a thousand. Not minified, so that stack traces can be read.
 */
export async function bundleService({ entries, directory }: BundleOptions): Promise<ServiceBundle> {
  const modules = new Set<string>();
  const protoFolders = new Set<string>();
  await mkdir(directory, { recursive: true });
  const bundle = await rolldown({
    input: { ...entries },
    platform: 'node',
    logLevel: 'warn',
    // Only where a package needs a folder of its own: see READS_PROTO.
    transform: { define: { __dirname: 'import.meta.dirname' } },
    plugins: [notesFiles(modules, protoFolders)],
    onLog: (level, { code, message }) => {
      if (level === 'warn') throw new Error(`bundling: ${code ?? 'warning'}: ${message}`);
    },
  });
  await bundle.write({
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].mjs',
    // In the same folder as the entries: what is found from import.meta.url is found from every chunk.
    chunkFileNames: '[name]-[hash].mjs',
    comments: { legal: true },
  });
  await bundle.close();
  return { modules: [...modules].sort(), protoFolders: [...protoFolders].sort() };
}

function notesFiles(modules: Set<string>, protoFolders: Set<string>): Plugin {
  return {
    name: 'notes-files',
    transform(code, id) {
      if (!id.startsWith('\0')) modules.add(id);
      if (READS_PROTO.test(code)) protoFolders.add(join(dirname(id), '../../proto'));
      return null;
    },
  };
}
