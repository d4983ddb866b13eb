import type { CostGroup } from '@switchyard/contracts/cost';
import type { Transaction } from '@switchyard/service-kit';
import type { Dimension, Summary, SummaryQuery } from '../domain/summary/summary-query.ts';

/** What each dimension is in the ledger. */
const EXPRESSIONS: Readonly<Record<Dimension, string>> = {
  tenant: 'tenant',
  provider: 'provider',
  model: 'model',
  agent: 'agent',
  workflow: 'workflow',
  service: 'service',
  key: 'key_id',
  line: 'line',
  purpose: 'purpose',
  hour: `to_char(date_trunc('hour', occurred_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: `to_char(occurred_on, 'YYYY-MM-DD')`,
};
const SUMS = `
  count(*) FILTER (WHERE cache = '') AS attempts, count(request_outcome) AS requests,
  count(*) FILTER (WHERE cache = '' AND outcome = 'ok') AS successes,
  count(*) FILTER (WHERE cache <> '') AS cached, coalesce(sum(saved_nano_usd), 0) AS saved,
  coalesce(sum(amount_nano_usd), 0) AS cost,
  coalesce(sum(amount_nano_usd) FILTER (WHERE line = 'waste'), 0) AS waste,
  coalesce(sum(amount_nano_usd) FILTER (WHERE line = 'unresolved'), 0) AS unresolved,
  count(*) - count(amount_nano_usd) AS unpriced,
  coalesce(sum(input_tokens), 0) AS input, coalesce(sum(output_tokens), 0) AS output,
  coalesce(sum(cache_read_tokens), 0) AS cache_read, coalesce(sum(cache_write_tokens), 0) AS cache_write,
  coalesce(sum(reasoning_tokens), 0) AS reasoning, avg(duration_us) FILTER (WHERE cache = '')::float8 / 1000 AS latency_ms`;

/** Sums up, as whoever the transaction is for. One pass gives the whole and the groups. */
export async function summarise(
  transaction: Transaction,
  { query, tenant }: { query: SummaryQuery; tenant: string | undefined },
): Promise<Summary> {
  const { groupBy, limit } = query;
  const keys = groupBy.map((dimension, i) => `${EXPRESSIONS[dimension]} AS key_${i}`);
  const names = groupBy.map((_, i) => `key_${i}`);
  const grouped = names.length > 0;
  const { filter, values } = filtered(query, tenant);
  const { rows } = await transaction.query<SummaryRow>(
    `SELECT ${grouped ? `grouping(${names.join(', ')}) > 0 AS is_total, ${names.join(', ')},` : 'true AS is_total,'} ${SUMS}
     FROM (SELECT *, ${[...keys, '1'].join(', ')} FROM cost_accounting.ledger WHERE ${filter}) AS entry
     ${grouped ? `GROUP BY GROUPING SETS ((), (${names.join(', ')}))` : ''}
     ORDER BY is_total DESC, cost DESC, attempts DESC${names.map((name) => `, ${name}`).join('')}
     LIMIT ${limit + 2}`,
    values,
  );
  const [whole, ...groups] = rows as [SummaryRow, ...SummaryRow[]];
  const total = toGroup(whole, []);
  if (!grouped) return { total, groups: [total], truncated: false };
  const kept = groups.slice(0, limit).map((row) => toGroup(row, groupBy));
  return { total, groups: kept, truncated: groups.length > limit };
}

function filtered({ period, provider, model, agent }: SummaryQuery, tenant: string | undefined) {
  const from = new Date(period.fromMs).toISOString();
  const to = new Date(period.toMs).toISOString();
  const values: string[] = [from, to, from.slice(0, 10), to.slice(0, 10)];
  // Days choose the partitions.
  let filter = 'occurred_at >= $1 AND occurred_at < $2 AND occurred_on BETWEEN $3 AND $4';
  for (const [column, value] of Object.entries({ tenant, provider, model, agent })) {
    if (value === undefined) continue;
    values.push(value);
    filter += ` AND ${column} = $${values.length}`;
  }
  return { filter, values };
}

type Sum =
  | 'attempts'
  | 'requests'
  | 'successes'
  | 'cost'
  | 'waste'
  | 'unresolved'
  | 'unpriced'
  | 'input'
  | 'output'
  | 'cache_read'
  | 'cache_write'
  | 'reasoning'
  | 'cached'
  | 'saved';
type SummaryRow = Readonly<Record<Sum, string>> & {
  readonly latency_ms: number | null;
} & Readonly<Record<`key_${number}`, string>>;

function toGroup(row: SummaryRow, groupBy: readonly Dimension[]): CostGroup {
  return {
    key: Object.fromEntries(groupBy.map((dimension, i) => [dimension, row[`key_${i}`] ?? ''])),
    requests: BigInt(row.requests),
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
    averageLatencyMs: row.latency_ms ?? undefined,
  };
}
