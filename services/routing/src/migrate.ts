import { fileURLToPath } from 'node:url';
import { type Env, EnvReader, type MigrateOptions, migrate } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `ROUTING_MIGRATION_DATABASE_URL`, `ROUTING_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const reader = new EnvReader(env);
  const url = reader.url('ROUTING_MIGRATION_DATABASE_URL', ['postgres', 'postgresql']);
  const rolePassword = reader.optional('ROUTING_DATABASE_PASSWORD');
  reader.finish();
  return {
    url,
    directory: fileURLToPath(new URL('../migrations', import.meta.url)),
    schema: 'routing',
    role: 'switchyard_routing',
    ...(rolePassword === undefined ? {} : { rolePassword }),
  };
}

if (import.meta.main) {
  const applied = await migrate(migrationOptions(process.env));
  process.stdout.write(`routing: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`);
}
