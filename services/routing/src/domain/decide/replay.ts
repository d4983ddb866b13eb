import type { Candidate, Decision } from '@switchyard/contracts/routing';
import { withDowngrade } from '../budget/downgrade.ts';
import { endpointKey } from '../snapshot/at-endpoints.ts';
import type { Contender } from '../strategies/contender.ts';
import { findStrategy } from '../strategies/find-strategy.ts';
import { priority } from '../strategies/priority.ts';
import { healthTierOf } from './health-tier.ts';
import { rank } from './rank.ts';
import type { Ranking } from './ranking.ts';

/** What a stored decision holds of a candidate that fitted, as strategies weigh it. */
interface StoredContender extends Contender {
  readonly candidate: Candidate;
}

/** A decision that was made again. */
export interface Replayed extends Omit<Ranking<Contender>, 'scored'> {
  /** Candidates that fitted, best first. */
  readonly order: readonly Candidate[];
  /** Their scores; undefined where unknown. */
  readonly scores: readonly (number | undefined)[];
}

/**
 * Makes a stored decision again from its own record: from what it knew of each candidate that fitted, the strategy, its
 * weights and the seed. The result is the same, bit for bit. With another strategy in the record it tells what that would
 * have chosen among them.
 */
export function replay(decision: Decision): Replayed {
  const { candidates, requirements, strategy, seed, compositeWeights, fittingCount, downgrade } = decision;
  const preferred = requirements?.preferredProviders ?? [];
  const contenders = candidates
    .filter((candidate) => candidate.rank > 0)
    .map((candidate) => storedContender(candidate, preferred));
  const { scored, ...said } = rank(contenders, {
    strategy: findStrategy(strategy) ?? priority,
    seed,
    compositeWeights,
    preferredCount: preferred.length,
    fitting: fittingCount,
  });
  return {
    ...said,
    reason: downgrade === undefined ? said.reason : withDowngrade(said.reason, downgrade),
    order: scored.map(({ contender }) => contender.candidate),
    scores: scored.map(({ score }) => score),
  };
}

function storedContender(candidate: Candidate, preferred: readonly string[]): StoredContender {
  const { providerTenant, provider, model, balancingGroup, priority, weight, health } = candidate;
  const { endpoint, endpointWeight = 0 } = candidate;
  const {
    estimatedCostNanoUsd,
    activeRequests,
    latencyMs,
    successRate,
    idleMs,
    recoveredMs,
    cachedPrefixTokens,
  } = candidate;
  const place = preferred.indexOf(provider);
  const sharedKey = `${providerTenant}/${provider}/${model}`;
  return {
    candidate,
    key: endpointKey(sharedKey, endpoint),
    sharedKey,
    endpoint: endpoint === '' ? undefined : { id: endpoint, weight: endpointWeight },
    balancingGroup,
    preference: place === -1 ? preferred.length : place,
    tier: healthTierOf(health),
    priority,
    weight,
    costNanoUsd: estimatedCostNanoUsd === undefined ? undefined : Number(estimatedCostNanoUsd),
    cachedPrefixTokens,
    active: activeRequests,
    latencyMs,
    successRate,
    idleMs,
    recoveredMs,
  };
}
