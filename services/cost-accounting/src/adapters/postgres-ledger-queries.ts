import type { Postgres } from '@switchyard/service-kit';
import type { LedgerQueries } from '../ports.ts';
import { listEntries } from './postgres-list-entries.ts';
import { summarise } from './postgres-summarise.ts';

/** Answers from the ledger in Postgres: of one tenant behind its row-level security, of all only where asked so. */
export function postgresLedgerQueries(postgres: Postgres): LedgerQueries {
  return {
    summarise: (scope, query) =>
      scope.kind === 'all'
        ? postgres.asSystem((transaction) => summarise(transaction, { query, tenant: undefined }))
        : postgres.asTenant(scope.tenant, (transaction) =>
            summarise(transaction, { query, tenant: scope.tenant }),
          ),
    list: (tenant, query) =>
      postgres.asTenant(tenant, (transaction) => listEntries(transaction, { tenant, query })),
  };
}
