import {
  type Attempt,
  type Candidate,
  type Decision,
  DecisionOutcome,
  type RouteSummary,
} from '@switchyard/contracts/routing';
import type { CandidateView, Exclusion } from '../domain/decide/candidate.ts';
import type { Choice } from '../domain/decide/decide.ts';
import { healthName } from '../domain/decide/health-tier.ts';
import { expectedOutputTokens } from '../domain/request/cost-estimate.ts';
import { capabilityNames } from '../domain/snapshot/capability.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import type { DecidedRequest } from './admit-request.ts';

/** Most candidates that a record lists. */
const MAX_CANDIDATES = 100;

/** What a record is made of. */
export interface DecisionFacts {
  readonly requestId: string;
  readonly decided: DecidedRequest;
  readonly decidedWallMs: number;
  readonly attempts: readonly Attempt[];
  readonly outcome: DecisionOutcome;
}

/** A decision and what came of it, as it is stored and shown. */
export function decisionRecord({
  requestId,
  decided,
  decidedWallMs,
  attempts,
  outcome,
}: DecisionFacts): Decision {
  const { needs, snapshot, choice } = decided;
  const ranked = choice.ranked.map((candidate, i) =>
    describe(candidate, snapshot, { rank: i + 1, score: candidate.score }),
  );
  const excluded = choice.excluded
    .slice(0, Math.max(0, MAX_CANDIDATES - ranked.length))
    .map((candidate) => describe(candidate, snapshot, { rank: 0, exclusions: candidate.exclusions }));
  const candidates = [...ranked, ...excluded].slice(0, MAX_CANDIDATES);
  const [first] = choice.ranked;
  return {
    requestId,
    tenant: needs.tenant,
    decidedAt: new Date(decidedWallMs),
    requestedModel: needs.request.model,
    snapshotVersion: snapshot.version,
    priceVersion: snapshot.priceVersion,
    strategy: needs.strategy,
    requirements: {
      capabilities: capabilityNames(needs.capabilities),
      maxCostNanoUsd: needs.maxCostNanoUsd,
      maxPricePerMillionNanoUsd: needs.maxPricePerMillionNanoUsd,
      maxLatencyMs: needs.maxLatencyMs,
      residency: [...needs.residency],
      preferredProviders: [...needs.preferredProviders],
      excludedProviders: [...needs.excludedProviders],
      allowedProviders: [...needs.allowedProviders],
      tags: [...needs.tags],
      taskType: '',
    },
    seed: 0n,
    // Neither strategy draws random numbers.
    propensity: first === undefined ? 0 : 1,
    candidates,
    candidatesOmitted: choice.ranked.length + choice.excluded.length - candidates.length,
    route: summarizeRoute(choice, fallbacksOf(attempts, outcome)),
    attempts: [...attempts],
    outcome,
    estimatedInputTokens: needs.estimatedInputTokens,
    estimatedOutputTokens: first === undefined ? 0 : expectedOutputTokens(needs, first.offering),
    samplePermille: 1000,
    pool: '',
    compositeWeights: undefined,
  };
}

/** Who answers and why; undefined where nothing fitted. */
export function summarizeRoute(choice: Choice, fallbacks: number): RouteSummary | undefined {
  const chosen = choice.ranked[fallbacks] ?? choice.ranked[0];
  if (chosen === undefined) return undefined;
  const names = choice.ranked
    .slice(0, MAX_CANDIDATES)
    .map(({ offering }) => `${offering.provider.id}/${offering.model}`);
  return {
    provider: chosen.offering.provider.id,
    model: chosen.offering.model,
    reason: fallbacks === 0 ? choice.reason : `fallback ${fallbacks}: what came before it failed`,
    confidence: choice.confidence,
    alternatives: names.filter((_, i) => i !== fallbacks),
    fallbacks,
  };
}

/** How many candidates came before the one that answered, or that was tried last. */
export function fallbacksOf(attempts: readonly Attempt[], outcome: DecisionOutcome): number {
  const decidedOnly = outcome === DecisionOutcome.NOT_EXECUTED || outcome === DecisionOutcome.REFUSED;
  return decidedOnly ? 0 : Math.max(0, attempts.length - 1);
}

function describe(
  { offering, state, estimatedCost, maxCost }: CandidateView,
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
  };
}
