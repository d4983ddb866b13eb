import type { Transaction } from '@switchyard/service-kit';
import type { ChargebackLine } from '../domain/chargeback/statement.ts';
import { planRollups } from '../domain/summary/rollup-plan.ts';
import type { Grouping, SummaryQuery } from '../domain/summary/summary-query.ts';
import type { ChargebackQuery } from '../ports.ts';
import { prepareToSum } from './postgres-summarise.ts';
import { ROLLUP_SUM_NAMES } from './rollup-columns.ts';
import { keyText, rollupRows, type Scope, whoseOf } from './rollup-rows.ts';

/** Sums of all tenants, and how many entries they are of; undefined where there are more lines than are wanted. */
export async function readChargebackLines(
  transaction: Transaction,
  { period, teamBy, by, maxLines }: ChargebackQuery,
): Promise<{ lines: ChargebackLine[]; entries: bigint } | undefined> {
  const groupBy: Grouping[] = ['tenant', 'provider', 'model', 'purpose'];
  const team = teamBy === undefined ? undefined : groupBy.push(teamBy) - 1;
  const day = by === 'period' ? undefined : groupBy.push('day') - 1;
  const query: SummaryQuery = { period, groupBy, filters: {}, label: undefined, limit: maxLines };
  const scope: Scope = { query, tenant: undefined, values: [] };
  const rows = planRollups(query, whoseOf(scope)).flatMap((slice) => rollupRows(slice, scope));
  const keys = [...groupBy.map((_, i) => `key_${i}`), 'line'].join(', ');
  await prepareToSum(transaction);
  const result = await transaction.query<LineRow>(
    `SELECT ${groupBy.map((name, i) => `${keyText(name, `key_${i}`)} AS key_${i}`).join(', ')}, line, ${ROLLUP_SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ')}
     FROM (${rows.join(' UNION ALL ')}) AS part GROUP BY ${keys} HAVING sum(entries) > 0 LIMIT ${maxLines + 1}`,
    scope.values,
  );
  if (result.rows.length > maxLines) return undefined;
  const lines = result.rows.map((row) => ({
    tenant: row.key_0,
    provider: row.key_1,
    model: row.key_2,
    purpose: row.key_3,
    team: team === undefined ? '' : (row[`key_${team}`] ?? ''),
    day: day === undefined ? '' : (row[`key_${day}`] ?? ''),
    line: row.line,
    requests: BigInt(row.requests),
    attempts: BigInt(row.attempts),
    unpricedAttempts: BigInt(row.unpriced),
    inputTokens: BigInt(row.input),
    outputTokens: BigInt(row.output),
    costNanoUsd: BigInt(row.cost),
  }));
  const entries = result.rows.reduce((sum, row) => sum + BigInt(row.entries), 0n);
  return { lines, entries };
}

type LineRow = Readonly<Record<string, string>> & {
  readonly [name in
    | 'key_0'
    | 'key_1'
    | 'key_2'
    | 'key_3'
    | 'line'
    | 'requests'
    | 'attempts'
    | 'unpriced'
    | 'input'
    | 'output'
    | 'cost'
    | 'entries']: string;
};
