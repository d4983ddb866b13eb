import { createLogger, migrate, openPostgres, type Postgres } from '@switchyard/service-kit';
import { PostgresDecisions } from '../../src/adapters/postgres-decisions.ts';
import { migrationOptions } from '../../src/index.ts';

/** The role is the server's, which all test files share: so it has one password. */
const PASSWORD = 'routing-test';

/** Routing's decisions in a database of a test, as routing's own role has them. */
export interface OpenedDecisions extends AsyncDisposable {
  readonly store: PostgresDecisions;
  readonly postgres: Postgres;
}

/** Migrates an empty database and opens its decisions. */
export async function openDecisions(databaseUrl: string): Promise<OpenedDecisions> {
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: databaseUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const url = new URL(databaseUrl);
  url.username = 'switchyard_routing';
  url.password = PASSWORD;
  const postgres = openPostgres({
    url: url.href,
    maxConnections: 2,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  return {
    store: new PostgresDecisions(postgres),
    postgres,
    [Symbol.asyncDispose]: () => postgres.close(),
  };
}
