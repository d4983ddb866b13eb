import { LimitAlgorithm, type ProviderLimits } from '@switchyard/contracts/routing';
import { within } from '../provider/check-reach.ts';
import type { Check } from '../request/validate-requirements.ts';

const MOST_CONCURRENT = 1_000_000;
const MOST_REQUESTS = 10_000_000;
const MOST_TOKENS = 4_000_000_000;

const RANGES = [
  ['concurrentRequests', 'concurrent_requests', MOST_CONCURRENT],
  ['requestsPerMinute', 'requests_per_minute', MOST_REQUESTS],
  ['tokensPerMinute', 'tokens_per_minute', MOST_TOKENS],
  ['burstRequests', 'burst_requests', MOST_REQUESTS],
  ['burstTokens', 'burst_tokens', MOST_TOKENS],
] as const satisfies readonly (readonly [keyof ProviderLimits, string, number])[];

const BURSTS = [
  ['burstRequests', 'burst_requests', 'requestsPerMinute', 'requests_per_minute'],
  ['burstTokens', 'burst_tokens', 'tokensPerMinute', 'tokens_per_minute'],
] as const;

/** Checks the limits of a provider or of an endpoint. */
export function checkLimits(limits: ProviderLimits | undefined, check: Check): void {
  if (limits === undefined) return;
  for (const [name, field, most] of RANGES)
    check(within(limits[name], 1, most), `limits.${field}`, `must be from 1 to ${most}`);
  const { algorithm } = limits;
  check(
    ALGORITHMS.has(algorithm),
    'limits.algorithm',
    'must be token_bucket, fixed_window or sliding_window',
  );
  const isBucket = algorithm === LimitAlgorithm.UNSPECIFIED || algorithm === LimitAlgorithm.TOKEN_BUCKET;
  for (const [burst, field, rate, rateField] of BURSTS) {
    if (limits[burst] === undefined) continue;
    check(isBucket, `limits.${field}`, 'is of token buckets only: leave it out, or take that algorithm');
    check(limits[rate] !== undefined, `limits.${field}`, `needs limits.${rateField}`);
  }
}

const ALGORITHMS: ReadonlySet<LimitAlgorithm> = new Set([
  LimitAlgorithm.UNSPECIFIED,
  LimitAlgorithm.TOKEN_BUCKET,
  LimitAlgorithm.FIXED_WINDOW,
  LimitAlgorithm.SLIDING_WINDOW,
]);
