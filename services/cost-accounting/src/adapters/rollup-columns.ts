/** What is summed up of entries, and what one entry of the ledger counts for it. `roll_up_entries` in the migrations counts the same. */
export const ROLLUP_SUMS = {
  entries: '1',
  requests: '(request_outcome IS NOT NULL)::int',
  succeeded: `coalesce(request_outcome IN ('complete', 'fallback_success', 'cached'), false)::int`,
  attempts: `(cache = '' AND line IN ('charge', 'waste', 'unresolved', 'overdraft'))::int`,
  successes: `(cache = '' AND line IN ('charge', 'waste', 'unresolved', 'overdraft') AND outcome = 'ok')::int`,
  cached: `(cache <> '')::int`,
  unpriced: '(amount_nano_usd IS NULL)::int',
  input: 'coalesce(input_tokens, 0)',
  output: 'coalesce(output_tokens, 0)',
  cache_read: 'coalesce(cache_read_tokens, 0)',
  cache_write: 'coalesce(cache_write_tokens, 0)',
  reasoning: 'coalesce(reasoning_tokens, 0)',
  timed: `(cache = '' AND duration_us IS NOT NULL)::int`,
  latency_us: `CASE WHEN cache = '' THEN coalesce(duration_us, 0) ELSE 0 END`,
  cost: 'coalesce(amount_nano_usd, 0)',
  saved: 'coalesce(saved_nano_usd, 0)',
} as const;

/** What is summed up of entries. */
export type RollupSum = keyof typeof ROLLUP_SUMS;

/** Names of the sums, in one order. */
export const ROLLUP_SUM_NAMES = Object.keys(ROLLUP_SUMS) as readonly RollupSum[];
