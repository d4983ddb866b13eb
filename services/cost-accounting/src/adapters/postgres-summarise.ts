import type { CostGroup } from '@switchyard/contracts/cost';
import type { Transaction } from '@switchyard/service-kit';
import { planRollups } from '../domain/summary/rollup-plan.ts';
import type { Grouping, Summary, SummaryQuery } from '../domain/summary/summary-query.ts';
import { ROLLUP_SUM_NAMES, type RollupSum } from './rollup-columns.ts';
import { keyText, rollupRows, type Scope, whoseOf } from './rollup-rows.ts';

const ADDED = ROLLUP_SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
const SUMS = ROLLUP_SUM_NAMES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');
const COST_OF = (line: string) => `coalesce(sum(cost) FILTER (WHERE line = '${line}'), 0) AS ${line}`;

/** Sums up, as whoever the transaction is for. One statement gives the whole and the groups: roll-ups, and the ledger where they have no answer. */
export async function summarise(
  transaction: Transaction,
  { query, tenant }: { query: SummaryQuery; tenant: string | undefined },
): Promise<Summary> {
  const { groupBy, limit } = query;
  const scope: Scope = { query, tenant, values: [] };
  const rows = planRollups(query, whoseOf(scope)).flatMap((slice) => rollupRows(slice, scope));
  const names = groupBy.map((_, i) => `key_${i}`);
  const keys = names.map((name) => `${name}, `).join('');
  const grouped = names.length > 0;
  await prepareToSum(transaction);
  // Added up once for each key and line; the groups and the whole are sums of these few.
  const result = await transaction.query<SummaryRow>(
    `SELECT ${grouped ? `grouping(${names.join(', ')}) > 0 AS is_total, ${groupBy.map((name, i) => `${keyText(name, `key_${i}`)} AS key_${i}`).join(', ')},` : 'true AS is_total,'}
       ${SUMS}, ${COST_OF('waste')}, ${COST_OF('unresolved')}
     FROM (SELECT ${keys}line, ${ADDED} FROM (${rows.join(' UNION ALL ')}) AS row GROUP BY ${keys}line) AS part
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
  Readonly<Record<`key_${number}`, string>>;

function toGroup(row: SummaryRow, groupBy: readonly Grouping[]): CostGroup {
  return {
    key: Object.fromEntries(groupBy.map((dimension, i) => [dimension, row[`key_${i}`] ?? ''])),
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

/**
 * Lets a transaction add up a month of roll-ups: in memory, of which sorting some ten thousand rows on disk took most of the time; and
 * interpreted, because compiling takes longer than adding them up.
 */
export async function prepareToSum(transaction: Transaction): Promise<void> {
  await transaction.query(`SET LOCAL jit = off; SET LOCAL work_mem = '64MB'`);
}
