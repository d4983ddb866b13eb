import type { Candidate } from '@switchyard/contracts/routing';
import type { Candidate as ConsideredCandidate, Exclusion } from '../domain/decide/candidate.ts';
import type { Choice } from '../domain/decide/decide.ts';
import { healthName } from '../domain/decide/health-tier.ts';
import { MAX_CANDIDATES } from '../domain/decide/max-candidates.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';

/** The candidates of a choice with everything that it weighed, those that fit first. */
export function candidateRecords({ ranked, scores, excluded }: Choice, snapshot: Snapshot): Candidate[] {
  const fitting = ranked
    .slice(0, wholeProviders(ranked, MAX_CANDIDATES))
    .map((candidate, i) => describe(candidate, snapshot, { rank: i + 1, score: scores[i] }));
  const others = excluded
    .slice(0, MAX_CANDIDATES - fitting.length)
    .map(({ candidate, exclusions }) => describe(candidate, snapshot, { rank: 0, exclusions }));
  return [...fitting, ...others];
}

/** How many of the first so many are listed, so that no provider is listed with only some of its endpoints. */
function wholeProviders(ranked: readonly ConsideredCandidate[], most: number): number {
  let end = Math.min(most, ranked.length);
  while (end > 0 && end < ranked.length && ranked[end]?.sharedKey === ranked[end - 1]?.sharedKey) end--;
  return end;
}

function describe(
  { offering, state, estimatedCost, maxCost, cachedPrefixTokens }: ConsideredCandidate,
  snapshot: Snapshot,
  place: {
    readonly rank: number;
    readonly score?: number | undefined;
    readonly exclusions?: readonly Exclusion[];
  },
): Candidate {
  const { provider } = offering;
  return {
    provider: provider.id,
    model: offering.model,
    exclusions: (place.exclusions ?? []).map((exclusion) => ({ ...exclusion })),
    rank: place.rank,
    score: place.score,
    estimatedCostNanoUsd: estimatedCost,
    maxCostNanoUsd: maxCost,
    health: healthName(snapshot.health.get(provider.key)),
    breaker: state.breaker,
    latencyMs: state.latencyMs,
    region: provider.region,
    priority: offering.priority,
    weight: offering.weight,
    activeRequests: state.active,
    successRate: state.successRate,
    idleMs: state.idleMs,
    providerTenant: provider.tenant,
    balancingGroup: offering.balancingGroup,
    recoveredMs: state.recoveredMs,
    endpoint: provider.endpoint?.id ?? '',
    endpointWeight: provider.endpoint?.weight,
    cachedPrefixTokens,
  };
}
