import { formatUsd } from '@switchyard/kernel';
import type { BreakerState } from '@switchyard/resilience';
import { describeRefusal, type Refusal } from '../limits/refusal.ts';
import { unboundedFieldsAt } from '../request/cost-estimate.ts';
import type { Needs } from '../request/needs.ts';
import { pricesFor } from '../request/prices-for.ts';
import { byWhom, whoRequires } from '../request/who-requires.ts';
import { capabilityNames, missingCapabilities } from '../snapshot/capability.ts';
import type { Candidate, Exclusion } from './candidate.ts';
import { describeCoolDown } from './describe-cool-down.ts';
import {
  allowedProviders,
  credential,
  disabled,
  excludedProviders,
  maintenance,
} from './provider-constraints.ts';
import { residency, tags } from './stated-constraints.ts';

/** A hard constraint: why a candidate does not fit, or undefined where it does. What is unknown does not fit. */
type Constraint = (candidate: Candidate, needs: Needs) => Exclusion | undefined;

const PRICE_IT =
  'state its price in the catalog overlay (or its `catalog_model` in the provider), or take the limit away';

const capability: Constraint = ({ offering }, needs) => {
  const missing = missingCapabilities(needs.capabilities, offering.capabilities);
  if (missing === 0) return undefined;
  const names = capabilityNames(missing);
  const who = byWhom(needs, ({ capabilities }) => names.some((name) => capabilities.includes(name)));
  return {
    constraint: 'capability',
    detail: `needs ${names.join(', ')}${who}, which it does not state`,
    wayOut:
      "where its model can do that, declare it in `capabilities` of the provider's `models`, or in the catalog overlay; else ask for another model",
  };
};

const contextLength: Constraint = ({ offering: { contextTokens } }, needs) => {
  if (
    contextTokens === undefined ||
    needs.estimatedContextTokens + (needs.maxOutputTokens ?? 0) <= contextTokens
  )
    return undefined;
  const wanted = `about ${needs.estimatedContextTokens} tokens of input and ${needs.maxOutputTokens ?? 'some'} of output`;
  return {
    constraint: 'context_length',
    detail: `${wanted} do not fit into its ${contextTokens} tokens`,
    wayOut:
      'send less, lower sampling.max_output_tokens, or ask for a model with a longer context ("switchyard models --min-context N" lists them)',
  };
};

const maxCost: Constraint = (candidate, needs) => {
  const { maxCostNanoUsd } = needs;
  if (maxCostNanoUsd === undefined) return undefined;
  const who = () => whoRequires(needs, (limits) => limits.maxCostNanoUsd === maxCostNanoUsd);
  const [unbounded] = unboundedFieldsAt(needs, candidate.offering);
  if (unbounded !== undefined)
    return {
      constraint: 'max_cost',
      detail: `${unbounded} goes to it as it is and may cost more than tokens do; ${who()} limits its cost`,
      wayOut: 'leave the field out, or take the limit max_cost_nano_usd away',
    };
  const { uncachedCost } = candidate;
  if (uncachedCost === undefined)
    return {
      constraint: 'max_cost',
      detail: `its price is unknown and ${who()} limits its cost`,
      wayOut: PRICE_IT,
    };
  if (uncachedCost <= maxCostNanoUsd) return undefined;
  return {
    constraint: 'max_cost',
    detail: `would cost about $${formatUsd(uncachedCost)}; ${who()} allows $${formatUsd(maxCostNanoUsd)}`,
    wayOut: 'send less, lower max_output_tokens, or raise max_cost_nano_usd',
  };
};

const maxPrice: Constraint = ({ offering }, needs) => {
  const { maxPricePerMillionNanoUsd: limit, estimatedInputTokens } = needs;
  if (limit === undefined) return undefined;
  const who = () => whoRequires(needs, (limits) => limits.maxPricePerMillionNanoUsd === limit);
  const prices = pricesFor(offering, estimatedInputTokens);
  const output = needs.maxOutputTokens === 0 ? 0n : prices?.output;
  if (prices?.input === undefined || output === undefined) {
    return {
      constraint: 'max_price',
      detail: `its price is unknown and ${who()} limits the price`,
      wayOut: PRICE_IT,
    };
  }
  const dearest = larger(prices.input, output);
  if (dearest <= limit) return undefined;
  return {
    constraint: 'max_price',
    detail: `costs up to $${formatUsd(dearest)} per million tokens; ${who()} allows $${formatUsd(limit)}`,
    wayOut: 'raise max_price_per_million_nano_usd, or ask for a cheaper model',
  };
};

const larger = (a: bigint, b: bigint): bigint => {
  if (a < b) return b;
  return a;
};

const maxLatency: Constraint = ({ state: { latencyMs } }, needs) => {
  const { maxLatencyMs } = needs;
  if (maxLatencyMs === undefined) return undefined;
  const who = () => whoRequires(needs, (limits) => limits.maxLatencyMs === maxLatencyMs);
  if (latencyMs === undefined)
    return {
      constraint: 'max_latency',
      detail: `its latency is unknown and ${who()} limits it`,
      wayOut: 'it is known once this replica has had an answer of it: ask it without max_latency_ms',
    };
  if (latencyMs <= maxLatencyMs) return undefined;
  return {
    constraint: 'max_latency',
    detail: `takes about ${Math.round(latencyMs)} ms to the first token; ${who()} allows ${maxLatencyMs} ms`,
    wayOut: 'raise max_latency_ms, or ask for a faster model',
  };
};

const parameter: Constraint = ({ unsupported }) =>
  unsupported === undefined
    ? undefined
    : {
        constraint: 'parameter',
        detail: `${unsupported.field}: ${unsupported.description}`,
        wayOut: 'leave the field out, or ask for a model at a provider whose API has it',
      };

/** Why a candidate is left alone whose breaker gives no leave. */
export const breakerExclusion = (state: BreakerState): Exclusion => ({
  constraint: 'breaker',
  detail: `its circuit breaker is ${state.replace('_', '-')} after failures`,
  wayOut: 'it is tried again by itself within 30 s; "switchyard providers" shows how it fares',
});

const breaker: Constraint = ({ state }, { isProbe }) =>
  state.breakerAdmits || isProbe ? undefined : breakerExclusion(state.breaker);

const coolingDown: Constraint = ({ state: { cooling } }, { isProbe }) =>
  cooling === undefined || isProbe
    ? undefined
    : {
        constraint: 'cooling_down',
        detail: describeCoolDown(cooling.endsAtWallMs),
        wayOut: 'it comes back by itself then; allow another provider, or have its quota raised',
      };

const MORE_ROOM: Readonly<Record<Refusal['source'], string>> = {
  configured:
    'it has room again by itself; allow another provider, or raise `limits` of the provider ("switchyard limits" shows their use)',
  provider: 'it has room again by itself; allow another provider, or have its quota raised',
  adaptive:
    'it has room again by itself; allow another provider, or take adaptive_concurrency out of the `limits` of the provider',
};

const rateLimited: Constraint = ({ state: { limited } }, { isProbe }) =>
  limited === undefined || isProbe
    ? undefined
    : {
        constraint: 'rate_limited',
        detail: describeRefusal(limited),
        wayOut: MORE_ROOM[limited.source],
      };

/** In the order in which reasons are told: what the caller asked for first, what will pass by itself last. */
const CONSTRAINTS: readonly Constraint[] = [
  allowedProviders,
  excludedProviders,
  capability,
  residency,
  tags,
  parameter,
  contextLength,
  maxCost,
  maxPrice,
  maxLatency,
  disabled,
  maintenance,
  credential,
  coolingDown,
  rateLimited,
  breaker,
];

const NONE: readonly Exclusion[] = [];

/** Every reason against a candidate; empty where it fits. */
export function exclusionsOf(candidate: Candidate, needs: Needs): readonly Exclusion[] {
  let exclusions: Exclusion[] | undefined;
  for (const constraint of CONSTRAINTS) {
    const exclusion = constraint(candidate, needs);
    if (exclusion === undefined) continue;
    exclusions ??= [];
    exclusions.push(exclusion);
  }
  return exclusions ?? NONE;
}
