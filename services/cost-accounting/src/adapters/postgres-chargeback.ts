import type { Postgres } from '@switchyard/service-kit';
import type { ChargebackSource } from '../ports.ts';
import { readChargebackLines } from './postgres-chargeback-lines.ts';
import type { PostgresLedgerSeals } from './postgres-ledger-seals.ts';

/** What statements are made from, out of the ledger in Postgres. */
export const postgresChargeback = (postgres: Postgres, seals: PostgresLedgerSeals): ChargebackSource => ({
  seal: (period) => seals.seal(period),
  sealed: (period) => seals.sealed(period),
  lines: (query) => postgres.asSystem((transaction) => readChargebackLines(transaction, query)),
});
