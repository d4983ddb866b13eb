import { unreachable } from '@switchyard/kernel';
import type { Measure, Quota } from './quota.ts';

/** A limit that has no room. */
export type Refusal = {
  /** How long it will be so, in milliseconds, as far as is known. */ readonly leftMs: number;
} & (
  | { readonly source: 'configured'; readonly quota: Pick<Quota, 'measure' | 'limit'> }
  /** By what the provider's answers told of its own limits. */
  | { readonly source: 'provider'; readonly counts: 'requests' | 'tokens' }
  /** By how fast it answers. */
  | { readonly source: 'adaptive'; readonly limit: number }
);

/** Why a candidate is not called, in one sentence. */
export const describeRefusal = (refusal: Refusal): string =>
  `${whatIsReached(refusal)}; there is room in ${Math.ceil(refusal.leftMs)} ms`;

/** Which limit it is, in one word. */
export function limitName(refusal: Refusal): string {
  switch (refusal.source) {
    case 'configured':
      return refusal.quota.measure;
    case 'provider':
      return `provider_${refusal.counts}`;
    case 'adaptive':
      return 'adaptive_concurrency';
    default:
      return unreachable(refusal);
  }
}

function whatIsReached(refusal: Refusal): string {
  switch (refusal.source) {
    case 'configured': {
      const { measure, limit } = refusal.quota;
      return `it has reached its limit of ${limit} ${MEASURE_NAMES[measure]}`;
    }
    case 'provider':
      return `by its own answers it takes no more ${refusal.counts} now`;
    case 'adaptive':
      return `by how fast it answers it takes no more than ${refusal.limit} calls under way`;
    default:
      return unreachable(refusal);
  }
}

const MEASURE_NAMES: Readonly<Record<Measure, string>> = {
  concurrent_requests: 'calls under way',
  requests_per_minute: 'calls a minute',
  tokens_per_minute: 'tokens a minute',
};
