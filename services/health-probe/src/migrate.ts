import { fileURLToPath } from 'node:url';
import { type Env, EnvReader, type MigrateOptions, migrate } from '@switchyard/service-kit';

/**
 * How the schema is brought up to date: `HEALTH_PROBE_MIGRATION_DATABASE_URL` with the owner's rights; with
 * `HEALTH_PROBE_DATABASE_PASSWORD` the service's role gets a login.
 *
 * @throws ConfigError with everything that is wrong
 */
export function migrationOptions(env: Env): MigrateOptions {
  const reader = new EnvReader(env);
  const url = reader.url('HEALTH_PROBE_MIGRATION_DATABASE_URL', ['postgresql', 'postgres']);
  const rolePassword = reader.optional('HEALTH_PROBE_DATABASE_PASSWORD');
  reader.finish();
  return {
    url,
    directory: fileURLToPath(new URL('../migrations', import.meta.url)),
    schema: 'health_probe',
    role: 'switchyard_health_probe',
    ...(rolePassword === undefined ? {} : { rolePassword }),
  };
}

if (import.meta.main) {
  const applied = await migrate(migrationOptions(process.env));
  process.stdout.write(`health-probe: ${applied.length === 0 ? 'nothing to migrate' : applied.join(', ')}\n`);
}
