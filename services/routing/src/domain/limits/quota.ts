import { LimitAlgorithm, type ProviderLimits } from '@switchyard/contracts/routing';

/** What a limit counts; named as in the proto's ProviderLimits. */
export type Measure = 'concurrent_requests' | 'requests_per_minute' | 'tokens_per_minute';

/** How a limit counts. */
export type Counting =
  /** Places that come back. */
  | { readonly kind: 'held' }
  /** A bucket that fills by so many units a minute. */
  | { readonly kind: 'bucket'; readonly perMinute: number }
  /** The sum of the last so many slots of the store's time. */
  | { readonly kind: 'window'; readonly slotMs: number; readonly slots: number };

/** Whose limits they are. */
export interface QuotaOwner {
  /** '' for the installation's. */
  readonly tenant: string;
  /** Id of the provider. */
  readonly provider: string;
  /** '' for the provider's own, which hold for all its endpoints together. */
  readonly endpoint: string;
}

/** One limit of a provider or of one of its endpoints. */
export interface Quota {
  /** Unique over all limits; changes with how it counts, since what was counted in another way does not carry over. */
  readonly key: string;
  readonly owner: QuotaOwner;
  readonly measure: Measure;
  /** As configured. */
  readonly limit: number;
  /** Units that can be taken at once at the most. */
  readonly capacity: number;
  readonly counting: Counting;
}

const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
/** A bucket holds what so long brings. */
const BURST_MS = 10_000;

/** The limits of a provider or an endpoint; none where nothing is limited. */
export function quotasOf(limits: ProviderLimits | undefined, owner: QuotaOwner): readonly Quota[] {
  if (limits === undefined) return [];
  const { concurrentRequests, requestsPerMinute, tokensPerMinute, burstRequests, burstTokens } = limits;
  const quotas: Quota[] = [];
  if (concurrentRequests !== undefined) {
    const measure = 'concurrent_requests';
    const size = { limit: concurrentRequests, capacity: concurrentRequests };
    quotas.push({ key: keyOf(owner, measure), owner, measure, ...size, counting: { kind: 'held' } });
  }
  const rate = (measure: Measure, limit: number | undefined, burst: number | undefined) => {
    if (limit === undefined) return;
    const { algorithm } = limits;
    quotas.push({ owner, measure, limit, ...ratedQuota({ owner, measure, limit, burst, algorithm }) });
  };
  rate('requests_per_minute', requestsPerMinute, burstRequests);
  rate('tokens_per_minute', tokensPerMinute, burstTokens);
  return quotas;
}

const keyOf = ({ tenant, provider, endpoint }: QuotaOwner, measure: Measure): string =>
  `${tenant}/${provider}${endpoint === '' ? '' : `#${endpoint}`} ${measure}`;

function ratedQuota({
  owner,
  measure,
  limit,
  burst,
  algorithm,
}: {
  readonly owner: QuotaOwner;
  readonly measure: Measure;
  readonly limit: number;
  readonly burst: number | undefined;
  readonly algorithm: LimitAlgorithm;
}): Pick<Quota, 'key' | 'capacity' | 'counting'> {
  const key = keyOf(owner, measure);
  switch (algorithm) {
    case LimitAlgorithm.FIXED_WINDOW:
      return {
        key: `${key} fixed`,
        capacity: limit,
        counting: { kind: 'window', slotMs: MINUTE_MS, slots: 1 },
      };
    case LimitAlgorithm.SLIDING_WINDOW: {
      // Any minute lies within one slot more than fit into it.
      const slots = MINUTE_MS / SLOT_MS + 1;
      return {
        key: `${key} sliding`,
        capacity: limit,
        counting: { kind: 'window', slotMs: SLOT_MS, slots },
      };
    }
    default: {
      const capacity = burst ?? Math.max(1, Math.floor((limit * BURST_MS) / MINUTE_MS));
      return { key, capacity, counting: { kind: 'bucket', perMinute: limit } };
    }
  }
}
