import type { EndpointShare } from '../snapshot/offering.ts';

/** Everything that strategies weigh of a candidate that fits. A stored decision holds it too: so a choice can be made again. */
export interface Contender {
  /** `tenant/provider/model`, at an endpoint `tenant/provider/model#endpoint`: breaks ties. */
  readonly key: string;
  /** `tenant/provider/model`: contenders that share it are endpoints of one provider, with the same model. */
  readonly sharedKey: string;
  /** The endpoint; undefined where the provider has none of its own. */
  readonly endpoint: EndpointShare | undefined;
  /** What takes part once where work is shared. */
  readonly balancingGroup: string;
  /** Place among the providers that the request prefers, from 0; their number for one it does not prefer. */
  readonly preference: number;
  /** How well its provider works, from 0 (best) to 3; see health-tier.ts. */
  readonly tier: number;
  /** Lower is preferred. */
  readonly priority: number;
  /** Share and capacity, from 0. */
  readonly weight: number;
  /** Expected cost of this request in nano-USD; undefined where a price is unknown. */
  readonly costNanoUsd: number | undefined;
  /** Input tokens of it that are probably in the provider's prompt cache; undefined where none is known to be. */
  readonly cachedPrefixTokens: number | undefined;
  /** Requests under way at this replica. */
  readonly active: number;
  /** Peak EWMA of the time to the first token, in milliseconds; undefined where unknown. */
  readonly latencyMs: number | undefined;
  /** Share of recent calls that succeeded, 0 to 1; undefined without calls. */
  readonly successRate: number | undefined;
  /** Since it was last called, in milliseconds; undefined where it never was. */
  readonly idleMs: number | undefined;
  /** Since its provider left unhealthy, in milliseconds; undefined where it was not, or that is long ago. */
  readonly recoveredMs: number | undefined;
}

/** Cheapest first, unknown cost last; among equals by key. */
export function compareCost(
  a: Pick<Contender, 'costNanoUsd' | 'key'>,
  b: Pick<Contender, 'costNanoUsd' | 'key'>,
): number {
  const difference = compareKnown(a.costNanoUsd, b.costNanoUsd);
  if (difference !== 0) return difference;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** Smaller first, unknown last. */
export function compareKnown(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a - b;
}
