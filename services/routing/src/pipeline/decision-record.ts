import {
  type Attempt,
  type Decision,
  DecisionOutcome,
  type Requirements,
  type RouteSummary,
} from '@switchyard/contracts/routing';
import type { Choice } from '../domain/decide/decide.ts';
import { expectedOutputTokens } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { capabilityNames } from '../domain/snapshot/capability.ts';
import type { DecidedRequest } from './admit-request.ts';
import { candidateRecords, MAX_CANDIDATES } from './candidate-records.ts';

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
  const { needs, snapshot, choice, assignment } = decided;
  const candidates = candidateRecords(choice, snapshot);
  const [first] = choice.ranked;
  return {
    requestId,
    tenant: needs.tenant,
    decidedAt: new Date(decidedWallMs),
    requestedModel: needs.request.model,
    snapshotVersion: snapshot.version,
    priceVersion: snapshot.priceVersion,
    strategy: needs.strategy,
    requirements: requirementsOf(needs),
    seed: choice.seed,
    propensity: choice.propensity,
    candidates,
    candidatesOmitted: choice.ranked.length + choice.excluded.length + choice.unseen - candidates.length,
    route: summarizeRoute(choice, fallbacksOf(attempts, outcome)),
    attempts: [...attempts],
    outcome,
    estimatedInputTokens: needs.estimatedInputTokens,
    estimatedOutputTokens: first === undefined ? 0 : expectedOutputTokens(needs, first.offering),
    samplePermille: 1000,
    pool: needs.selector.kind === 'pool' ? needs.selector.pool.id : '',
    compositeWeights: needs.compositeWeights,
    fittingCount: choice.fitting,
    reason: first === undefined ? '' : choice.reason,
    experiment: assignment?.experiment ?? '',
    variant: assignment?.variant ?? '',
  };
}

function requirementsOf(needs: Needs): Requirements {
  return {
    capabilities: capabilityNames(needs.capabilities),
    maxCostNanoUsd: needs.maxCostNanoUsd,
    maxPricePerMillionNanoUsd: needs.maxPricePerMillionNanoUsd,
    maxLatencyMs: needs.maxLatencyMs,
    residency: [...needs.residency],
    preferredProviders: [...needs.preferredProviders],
    excludedProviders: [...needs.excludedProviders],
    allowedProviders: [...needs.allowedProviders],
    tags: [...needs.tags],
    taskType: needs.request.requirements?.taskType ?? '',
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
