import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { AskedName } from '../domain/recommend/asked-names.ts';
import type { AskedNames } from '../ports.ts';
import { textArray } from './postgres-arrays.ts';

// Roll-ups do not keep by what name a model was asked for.
const READ = `
  SELECT provider, model, CASE WHEN requested_model IN (model, provider || '/' || model) THEN requested_model ELSE '' END AS name,
    count(*) AS requests, coalesce(sum(amount_nano_usd), 0) AS cost
  FROM cost_accounting.ledger
  WHERE occurred_at >= $1 AND occurred_at < $2
    AND occurred_on BETWEEN ($1::timestamptz AT TIME ZONE 'UTC')::date AND ($2::timestamptz AT TIME ZONE 'UTC')::date
    AND ($3::text IS NULL OR tenant = $3) AND line IN ('charge', 'overdraft') AND purpose = 'user_request' AND cache = ''
    AND (provider, model) IN (SELECT * FROM unnest($4::text[], $5::text[]))
  GROUP BY 1, 2, 3`;

/** By what names models were asked for, from the ledger in Postgres. */
export function postgresAskedNames(postgres: Postgres): AskedNames {
  return {
    read: (scope, { period, models }) => {
      if (models.length === 0) return Promise.resolve([]);
      const tenant = scope.kind === 'all' ? undefined : scope.tenant;
      const values = [
        ...[new Date(period.fromMs), new Date(period.toMs), tenant],
        textArray(models.map(({ provider }) => provider)),
        textArray(models.map(({ model }) => model)),
      ];
      const ask = (transaction: Transaction) => readNames(transaction, values);
      return scope.kind === 'all' ? postgres.asSystem(ask) : postgres.asTenant(scope.tenant, ask);
    },
  };
}

async function readNames(transaction: Transaction, values: unknown[]): Promise<AskedName[]> {
  const { rows } = await transaction.query<Record<string, string>>(READ, values);
  return rows.map(({ provider = '', model = '', name = '', requests = '0', cost = '0' }) => ({
    ...{ provider, model, name },
    ...{ requests: BigInt(requests), costNanoUsd: BigInt(cost) },
  }));
}
