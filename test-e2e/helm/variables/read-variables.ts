import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, EnvReader } from '@switchyard/service-kit';

/** How a whole number is read. */
export interface IntegerBounds {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** What a service reads of its environment. */
export interface VariablesRead {
  /** By `config.ts` and `migrate.ts`. */
  readonly service: readonly string[];
  readonly migration: readonly string[];
  readonly integers: Readonly<Record<string, IntegerBounds>>;
  /** What is wrong with the environment that this was started with. */
  readonly serviceProblems: readonly string[];
  readonly migrationProblems: readonly string[];
}

type Read = (env: NodeJS.ProcessEnv) => unknown;

// node read-variables.ts SERVICE-FOLDER: prints what the service's configuration reads, by listening to the one reader
// that all of it goes through. A process of its own, because it changes that reader.
const folder = process.argv[2] ?? '.';
const names = new Set<string>();
const integers: Record<string, IntegerBounds> = {};
const { optional, integer } = EnvReader.prototype;
EnvReader.prototype.optional = function (name) {
  names.add(name);
  return optional.call(this, name);
};
EnvReader.prototype.integer = function (name, bounds) {
  integers[name] = bounds;
  return integer.call(this, name, bounds);
};

async function listen(
  module: string,
  name: string,
): Promise<{ read: readonly string[]; problems: readonly string[] }> {
  names.clear();
  const loaded = (await import(pathToFileURL(join(folder, 'src', `${module}.ts`)).href)) as Record<
    string,
    Read
  >;
  try {
    loaded[name]?.(process.env);
    return { read: [...names], problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { read: [...names], problems: error.problems };
  }
}

const service = await listen('config', 'parseConfig');
const migration = await listen('migrate', 'migrationOptions');
const read: VariablesRead = {
  service: service.read,
  migration: migration.read,
  integers,
  serviceProblems: service.problems,
  migrationProblems: migration.problems,
};
process.stdout.write(JSON.stringify(read));
