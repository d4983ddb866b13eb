import { findContainerEngine } from '../docker/container-engine.ts';
import { DEFAULT_CACHE_DIR } from '../environment.ts';
import type { ServerOptions, ServerSource } from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import { installAdvice } from '../source/install-advice.ts';
import { findOnPath, type Program } from '../source/program.ts';
import type { ServerDefinition } from './server-definition.ts';
import type { ServerHome } from './server-home.ts';
import type { ServerRecord } from './server-record.ts';

/** What to run: a program on this machine, or a container. */
export type Runnable =
  | { readonly type: 'program'; readonly program: Program }
  | { readonly type: 'container' };

/**
 * Goes through the sources in their order: PATH, container engine, bundle.
 * @throws {ServerStartError} `NOT_FOUND`, with what to install
 */
export async function findRunnable(options: {
  definition: ServerDefinition;
  home: ServerHome;
  options: ServerOptions;
  /** Of the server that ran on this folder before. */
  record: ServerRecord | undefined;
}): Promise<Runnable> {
  const { definition, home, record } = options;
  const { sources, cacheDir = DEFAULT_CACHE_DIR, onProgress = () => {}, givenName } = options.options;
  const { kind } = definition;
  const allowed = (source: ServerSource): boolean =>
    sources?.includes(source) !== false && keepsData(source, record);
  const need = { kind, dataMajor: await definition.dataMajor(home) };
  const refusals: string[] = [];

  if (allowed('path')) {
    const search = await findOnPath(need);
    if (search.type === 'found') return { type: 'program', program: search.program };
    refusals.push(search.why);
  }
  if (allowed('docker')) {
    const engine = await findContainerEngine();
    if (engine.type === 'answers') return { type: 'container' };
    refusals.push(engine.why);
  }
  if (allowed(kind === 'postgres' ? 'package' : 'download')) {
    const search = await definition.findBundled({ need, cacheDir, onProgress });
    if (search.type === 'found') return { type: 'program', program: search.program };
    refusals.push(search.why);
  }
  throw notFound({ kind, refusals, givenName, dataMajor: need.dataMajor, dir: home.dir });
}

/** A container keeps its data in a volume, a program in the folder: changing over would lose what is there. */
function keepsData(source: ServerSource, record: ServerRecord | undefined): boolean {
  return record === undefined || (record.source === 'docker') === (source === 'docker');
}

function notFound(failure: {
  kind: ServerDefinition['kind'];
  refusals: readonly string[];
  givenName: string | undefined;
  dataMajor: number | undefined;
  dir: string;
}): ServerStartError {
  const { kind, dataMajor, dir, ...advice } = failure;
  const text = installAdvice({ kind, ...advice });
  if (dataMajor === undefined) return new ServerStartError({ kind, reason: 'NOT_FOUND', message: text });
  const message = `The data in ${dir} was written by PostgreSQL ${dataMajor}, which isn't here: install that version, or remove the folder to begin anew. ${text}`;
  return new ServerStartError({ kind, reason: 'DATA_VERSION', message });
}
