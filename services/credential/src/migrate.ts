import { fileURLToPath } from 'node:url';
import { type Env, EnvReader, type MigrateOptions, migrate } from '@switchyard/service-kit';

/** What brings this service's schema up to date: `CREDENTIAL_MIGRATION_DATABASE_URL`, `CREDENTIAL_DATABASE_PASSWORD`. */
export function migrationOptions(env: Env): MigrateOptions {
  const reader = new EnvReader(env);
  const url = reader.url('CREDENTIAL_MIGRATION_DATABASE_URL', ['postgres', 'postgresql']);
  const rolePassword = reader.optional('CREDENTIAL_DATABASE_PASSWORD');
  reader.finish();
  return {
    url,
    directory: fileURLToPath(new URL('../migrations', import.meta.url)),
    schema: 'credential',
    role: 'switchyard_credential',
    ...(rolePassword === undefined ? {} : { rolePassword }),
  };
}

if (import.meta.main) {
  const applied = await migrate(migrationOptions(process.env));
  process.stdout.write(
    `credential: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`,
  );
}
