import {
  type Attempt,
  type CacheInfo,
  type Decision,
  DecisionOutcome,
  type Downgrade as DowngradeMessage,
  type Requirements,
  type RouteSummary,
} from '@switchyard/contracts/routing';
import type { Downgrade } from '../domain/budget/downgrade.ts';
import type { Choice, RankedCandidate } from '../domain/decide/decide.ts';
import { MAX_CANDIDATES } from '../domain/decide/max-candidates.ts';
import { expectedOutputTokens } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { offeringName } from '../domain/snapshot/at-endpoints.ts';
import { capabilityNames } from '../domain/snapshot/capability.ts';
import type { DecidedRequest } from './admit-request.ts';
import { candidateRecords } from './candidate-records.ts';

/** What a record is made of. */
export interface DecisionFacts {
  readonly requestId: string;
  readonly decided: DecidedRequest;
  readonly decidedWallMs: number;
  readonly attempts: readonly Attempt[];
  /** Whose turn it was, in order. */
  readonly tried: readonly RankedCandidate[];
  /** The candidate that a hedge was faster than; undefined where there is none. */
  readonly outran: RankedCandidate | undefined;
  readonly outcome: DecisionOutcome;
  /** Absent where the request is not cached. */
  readonly cache?: CacheInfo | undefined;
}

/** A decision and what came of it, as it is stored and shown. */
export function decisionRecord({
  requestId,
  decided,
  decidedWallMs,
  attempts,
  tried,
  outran,
  outcome,
  cache,
}: DecisionFacts): Decision {
  const { needs, snapshot, choice, given, downgrade } = decided;
  const candidates = candidateRecords(choice, snapshot);
  const [first] = choice.ranked;
  return {
    requestId,
    tenant: needs.tenant,
    decidedAt: new Date(decidedWallMs),
    requestedModel: needs.operation.request.model,
    snapshotVersion: snapshot.version,
    priceVersion: snapshot.priceVersion,
    strategy: needs.strategy,
    requirements: requirementsOf(needs),
    seed: choice.seed,
    propensity: choice.propensity,
    candidates,
    candidatesOmitted: choice.ranked.length + choice.excluded.length + choice.unseen - candidates.length,
    route: summarizeRoute(choice, isDecidedOnly(outcome) ? [] : tried, outran),
    attempts: [...attempts],
    outcome,
    estimatedInputTokens: needs.estimatedInputTokens,
    estimatedOutputTokens: first === undefined ? 0 : expectedOutputTokens(needs, first.offering),
    samplePermille: 1000,
    pool: needs.selector.kind === 'pool' ? needs.selector.pool.id : '',
    compositeWeights: needs.compositeWeights,
    fittingCount: choice.fitting,
    reason: first === undefined ? '' : choice.reason,
    experiment: given?.experiment ?? '',
    variant: given?.variant ?? '',
    cache,
    downgrade: downgrade && downgradeRecord(downgrade),
  };
}

/** What a decision keeps of a downgrade. How much all tenants together have used is nothing for one of them to know. */
export const downgradeRecord = ({ budget, tenant, atPercent, model }: Downgrade): DowngradeMessage => ({
  ...{ budget, tenant, model },
  atPercent: tenant === '' ? 0 : atPercent,
});

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
    taskType: needs.operation.request.requirements?.taskType ?? '',
  };
}

/**
 * Who answers and why; undefined where nothing fitted.
 *
 * @param tried whose turn it was, the one that answers last; empty: nobody's yet
 * @param outran whom it was faster than, as a hedge
 */
export function summarizeRoute(
  { ranked, reason, confidence }: Choice,
  tried: readonly RankedCandidate[],
  outran?: RankedCandidate,
): RouteSummary | undefined {
  const chosen = tried.at(-1) ?? ranked[0];
  if (chosen === undefined) return undefined;
  // One that was tried again is in there twice.
  const fallbacks = tried.length < 2 ? 0 : new Set(tried).size - 1;
  const { provider, model } = chosen.offering;
  const others = ranked.filter((candidate) => candidate !== chosen).slice(0, MAX_CANDIDATES);
  return {
    provider: provider.id,
    model,
    reason: reasonOf({ fallbacks, reason, outran }),
    confidence,
    alternatives: others.map(({ offering }) => offeringName(offering)),
    fallbacks,
    endpoint: provider.endpoint?.id ?? '',
  };
}

function reasonOf({
  fallbacks,
  reason,
  outran,
}: {
  readonly fallbacks: number;
  readonly reason: string;
  readonly outran: RankedCandidate | undefined;
}): string {
  if (outran !== undefined)
    return `hedge: it answered before ${outran.offering.provider.id}/${outran.offering.model}`;
  return fallbacks === 0 ? reason : `fallback ${fallbacks}: what came before it failed`;
}

/** Nobody was called, or had to be. */
const isDecidedOnly = (outcome: DecisionOutcome): boolean =>
  outcome === DecisionOutcome.NOT_EXECUTED || outcome === DecisionOutcome.REFUSED;
