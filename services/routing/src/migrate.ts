import { fileURLToPath } from 'node:url';
import { type Env, type MigrateOptions, readMigrationOptions, runMigration } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `ROUTING_MIGRATION_DATABASE_URL`, `ROUTING_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const directory = fileURLToPath(new URL('../migrations', import.meta.url));
  return readMigrationOptions(env, { prefix: 'ROUTING', schema: 'routing', directory });
}

if (import.meta.main) await runMigration('routing', () => migrationOptions(process.env));
