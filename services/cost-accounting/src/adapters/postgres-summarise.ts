import type { CostGroup } from '@switchyard/contracts/cost';
import type { Transaction } from '@switchyard/service-kit';
import { planRollups } from '../domain/summary/rollup-plan.ts';
import type { Grouping, Summary, SummaryQuery } from '../domain/summary/summary-query.ts';
import { ROLLUP_SUM_NAMES, type RollupSum } from './rollup-columns.ts';
import { rollupRows, type Scope } from './rollup-rows.ts';

const SUMS = ROLLUP_SUM_NAMES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');
const COST_OF = (line: string) => `coalesce(sum(cost) FILTER (WHERE line = '${line}'), 0) AS ${line}`;

/** Sums up, as whoever the transaction is for. One statement gives the whole and the groups: roll-ups, and the ledger where they have no answer. */
export async function summarise(
  transaction: Transaction,
  { query, tenant }: { query: SummaryQuery; tenant: string | undefined },
): Promise<Summary> {
  const { groupBy, limit } = query;
  const scope: Scope = { query, tenant, values: [] };
  const rows = planRollups(query).flatMap((slice) => rollupRows(slice, scope));
  const names = groupBy.map((_, i) => `key_${i}`);
  const grouped = names.length > 0;
  // Compiling takes longer than adding up some ten thousand rows.
  await transaction.query('SET LOCAL jit = off');
  const result = await transaction.query<SummaryRow>(
    `SELECT ${grouped ? `grouping(${names.join(', ')}) > 0 AS is_total, ${names.join(', ')},` : 'true AS is_total,'}
       ${SUMS}, ${COST_OF('waste')}, ${COST_OF('unresolved')}
     FROM (${rows.join(' UNION ALL ')}) AS part
     ${grouped ? `GROUP BY GROUPING SETS ((), (${names.join(', ')}))` : ''}
     ${grouped ? `HAVING grouping(${names.join(', ')}) > 0 OR sum(entries) > 0` : ''}
     ORDER BY is_total DESC, cost DESC, attempts DESC${names.map((name) => `, ${name}`).join('')}
     LIMIT ${limit + 2}`,
    scope.values,
  );
  const [whole, ...groups] = result.rows as [SummaryRow, ...SummaryRow[]];
  const total = toGroup(whole, []);
  if (!grouped) return { total, groups: [total], truncated: false };
  const kept = groups.slice(0, limit).map((row) => toGroup(row, groupBy));
  return { total, groups: kept, truncated: groups.length > limit };
}

type SummaryRow = Readonly<Record<RollupSum | 'waste' | 'unresolved', string>> &
  Readonly<Record<`key_${number}`, string | Date>>;

function toGroup(row: SummaryRow, groupBy: readonly Grouping[]): CostGroup {
  return {
    key: Object.fromEntries(groupBy.map((dimension, i) => [dimension, textOf(row[`key_${i}`] ?? '')])),
    requests: BigInt(row.requests),
    succeededRequests: BigInt(row.succeeded),
    attempts: BigInt(row.attempts),
    successes: BigInt(row.successes),
    costNanoUsd: BigInt(row.cost),
    wasteNanoUsd: BigInt(row.waste),
    unresolvedNanoUsd: BigInt(row.unresolved),
    unpricedAttempts: BigInt(row.unpriced),
    inputTokens: BigInt(row.input),
    outputTokens: BigInt(row.output),
    cacheReadTokens: BigInt(row.cache_read),
    cacheWriteTokens: BigInt(row.cache_write),
    reasoningTokens: BigInt(row.reasoning),
    cachedRequests: BigInt(row.cached),
    savedNanoUsd: BigInt(row.saved),
    averageLatencyMs: row.timed === '0' ? undefined : Number(row.latency_us) / Number(row.timed) / 1_000,
  };
}

/** An hour as `2026-11-03T10:00:00Z`. */
const textOf = (key: string | Date): string =>
  typeof key === 'string' ? key : key.toISOString().replace('.000Z', 'Z');
