import { type Env, type MigrateOptions, migrate } from '@switchyard/service-kit';
import type { Identity } from '../identity/identity.ts';
import { StartError } from '../start-error.ts';
import { SERVICE_PREFIXES, type ServiceName, serviceFolder } from './service-table.ts';

/** What each service's `migrate.ts` offers. */
interface MigrationModule {
  readonly migrationOptions: (env: Env) => MigrateOptions;
}

/**
 * Brings the services' schemas up to date and lets their roles log in.
 *
 * @returns how many migrations were applied now
 * @throws StartError naming the service
 */
export async function migrateSchemas(
  services: readonly ServiceName[],
  { url, identity }: { url: string; identity: Identity },
): Promise<number> {
  let applied = 0;
  // One after another: they take one lock in any case.
  for (const name of services) {
    const prefix = SERVICE_PREFIXES[name];
    const module: MigrationModule = await import(new URL('src/migrate.ts', serviceFolder(name)).href);
    const options = module.migrationOptions({
      [`${prefix}_MIGRATION_DATABASE_URL`]: url,
      [`${prefix}_DATABASE_PASSWORD`]: identity.databasePasswords[name],
    });
    const files = await migrate(options).catch((error: Error) => {
      throw new StartError(`the database of ${name} can't be brought up to date: ${error.message}`, {
        cause: error,
      });
    });
    applied += files.length;
  }
  return applied;
}
