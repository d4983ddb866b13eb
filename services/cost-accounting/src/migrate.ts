import { fileURLToPath } from 'node:url';
import { type Env, type MigrateOptions, readMigrationOptions, runMigration } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `COST_ACCOUNTING_MIGRATION_DATABASE_URL`, `COST_ACCOUNTING_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const directory = fileURLToPath(new URL('../migrations', import.meta.url));
  return readMigrationOptions(env, { prefix: 'COST_ACCOUNTING', schema: 'cost_accounting', directory });
}

if (import.meta.main) await runMigration('cost-accounting', () => migrationOptions(process.env));
