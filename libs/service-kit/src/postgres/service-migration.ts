import { ConfigError, type Env, EnvReader } from '../config/env-reader.ts';
import { type MigrateOptions, migrate } from './migrate.ts';

/** Whose schema it is. */
export interface ServiceSchema {
  /** Prefix of the service's variables, for example `ROUTING`. */
  readonly prefix: string;
  /** Schema of its tables, for example `routing`; the service runs as the role `switchyard_<schema>`. */
  readonly schema: string;
  /** Folder with its migrations. */
  readonly directory: string;
}

/**
 * How a service's schema is brought up to date: `<PREFIX>_MIGRATION_DATABASE_URL` with the rights of its owner; with
 * `<PREFIX>_DATABASE_PASSWORD` the service's role gets a login.
 *
 * @throws ConfigError with everything that is wrong
 */
export function readMigrationOptions(env: Env, { prefix, schema, directory }: ServiceSchema): MigrateOptions {
  const reader = new EnvReader(env);
  const url = reader.url(`${prefix}_MIGRATION_DATABASE_URL`, ['postgresql', 'postgres']);
  const rolePassword = reader.optional(`${prefix}_DATABASE_PASSWORD`);
  reader.finish();
  const role = `switchyard_${schema}`;
  return { url, directory, schema, role, ...(rolePassword === undefined ? {} : { rolePassword }) };
}

/** Brings a schema up to date and tells what was done. Wrong configuration is told in a sentence, by exit code 1. */
export async function runMigration(service: string, readOptions: () => MigrateOptions): Promise<void> {
  try {
    const applied = await migrate(readOptions());
    process.stdout.write(
      `${service}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`,
    );
  } catch (error) {
    process.stderr.write(`${service}: cannot migrate: ${describe(error)}\n`);
    process.exitCode = 1;
  }
}

const describe = (error: unknown): string =>
  error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error));
