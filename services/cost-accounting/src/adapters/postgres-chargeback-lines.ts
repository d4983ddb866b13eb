import type { Transaction } from '@switchyard/service-kit';
import type { ChargebackLine } from '../domain/chargeback/statement.ts';
import { planRollups } from '../domain/summary/rollup-plan.ts';
import type { Grouping, SummaryQuery } from '../domain/summary/summary-query.ts';
import type { ChargebackQuery, ChargebackSums } from '../ports.ts';
import { prepareToSum } from './postgres-summarise.ts';
import { ROLLUP_SUM_NAMES } from './rollup-columns.ts';
import { keyText, rollupRows, type Scope, whoseOf } from './rollup-rows.ts';

/**
 * Lines, the sums of all tenants, and how many entries these are of; undefined where there are more than are wanted. Both are one statement's, and so
 * of one moment; lines of tenants that nobody asks for never leave the database.
 */
export async function readChargebackLines(
  transaction: Transaction,
  { period, teamBy, by, tenant, maxLines }: ChargebackQuery,
): Promise<ChargebackSums | undefined> {
  const groupBy: Grouping[] = ['tenant', 'provider', 'model', 'purpose'];
  const team = teamBy === undefined ? undefined : groupBy.push(teamBy) - 1;
  const day = by === 'period' ? undefined : groupBy.push('day') - 1;
  const query: SummaryQuery = { period, groupBy, filters: {}, label: undefined, limit: maxLines };
  const scope: Scope = { query, tenant: undefined, values: [] };
  const rows = planRollups(query, whoseOf(scope)).flatMap((slice) => rollupRows(slice, scope));
  const keys = [...groupBy.map((_, i) => `key_${i}`), 'line'].join(', ');
  await prepareToSum(transaction);
  const result = await transaction.query<LineRow>(
    `SELECT grouping(key_1) > 0 AS is_sum, ${groupBy.map((name, i) => `${keyText(name, `key_${i}`)} AS key_${i}`).join(', ')}, line, ${ROLLUP_SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ')}
     FROM (${rows.join(' UNION ALL ')}) AS part
     GROUP BY GROUPING SETS ((key_0, key_3, line), (${keys}))
     HAVING sum(entries) > 0 AND (grouping(key_1) > 0 OR $${scope.values.length + 1}::text IN ('', key_0)) LIMIT ${maxLines + 1}`,
    [...scope.values, tenant ?? ''],
  );
  if (result.rows.length > maxLines) return undefined;
  const { sums = [], lines = [] } = Object.groupBy(result.rows, ({ is_sum }) => (is_sum ? 'sums' : 'lines'));
  return {
    sums: sums.map((row) => ({
      tenant: row.key_0,
      purpose: row.key_3,
      line: row.line,
      costNanoUsd: BigInt(row.cost),
    })),
    lines: lines.map((row) => lineOf(row, { team, day })),
    entries: sums.reduce((sum, row) => sum + BigInt(row.entries), 0n),
  };
}

function lineOf(
  row: LineRow,
  { team, day }: { readonly team: number | undefined; readonly day: number | undefined },
): ChargebackLine {
  return {
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
  };
}

type LineRow = { readonly is_sum: boolean } & Readonly<Record<`key_${number}`, string>> & {
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
