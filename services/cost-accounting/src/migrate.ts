import { fileURLToPath } from 'node:url';
import { type Env, EnvReader, type MigrateOptions, migrate } from '@switchyard/service-kit';

/**
 * What brings this service's schema up to date: `COST_ACCOUNTING_MIGRATION_DATABASE_URL` with the owner's rights; with
 * `COST_ACCOUNTING_DATABASE_PASSWORD` the service's role gets a login.
 *
 * @throws ConfigError with everything that is wrong
 */
export function migrationOptions(env: Env): MigrateOptions {
  const reader = new EnvReader(env);
  const url = reader.url('COST_ACCOUNTING_MIGRATION_DATABASE_URL', ['postgres', 'postgresql']);
  const rolePassword = reader.optional('COST_ACCOUNTING_DATABASE_PASSWORD');
  reader.finish();
  return {
    url,
    directory: fileURLToPath(new URL('../migrations', import.meta.url)),
    schema: 'cost_accounting',
    role: 'switchyard_cost_accounting',
    ...(rolePassword === undefined ? {} : { rolePassword }),
  };
}

if (import.meta.main) {
  const applied = await migrate(migrationOptions(process.env));
  process.stdout.write(
    `cost-accounting: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`,
  );
}
