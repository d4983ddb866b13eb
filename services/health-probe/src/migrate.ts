import { fileURLToPath } from 'node:url';
import { type Env, type MigrateOptions, readMigrationOptions, runMigration } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `HEALTH_PROBE_MIGRATION_DATABASE_URL`, `HEALTH_PROBE_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const directory = fileURLToPath(new URL('../migrations', import.meta.url));
  return readMigrationOptions(env, { prefix: 'HEALTH_PROBE', schema: 'health_probe', directory });
}

if (import.meta.main) await runMigration('health-probe', () => migrationOptions(process.env));
