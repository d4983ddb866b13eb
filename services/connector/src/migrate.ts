import { fileURLToPath } from 'node:url';
import { type Env, type MigrateOptions, readMigrationOptions, runMigration } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `CONNECTOR_MIGRATION_DATABASE_URL`, `CONNECTOR_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const directory = fileURLToPath(new URL('../migrations', import.meta.url));
  return readMigrationOptions(env, { prefix: 'CONNECTOR', schema: 'connector', directory });
}

if (import.meta.main) await runMigration('connector', () => migrationOptions(process.env));
