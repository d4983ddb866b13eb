import { ProviderMode } from '@switchyard/contracts/routing';
import { formatUsd } from '@switchyard/kernel';
import type { Needs } from '../request/needs.ts';
import { pricesFor } from '../request/prices-for.ts';
import { capabilityNames, missingCapabilities } from '../snapshot/capability.ts';
import type { CandidateView, Exclusion } from './candidate.ts';

/** A hard constraint: why a candidate does not fit, or undefined where it does. What is unknown does not fit. */
type Constraint = (candidate: CandidateView, needs: Needs) => Exclusion | undefined;

const capability: Constraint = ({ offering }, needs) => {
  const missing = missingCapabilities(needs.capabilities, offering.capabilities);
  if (missing === 0) return undefined;
  return {
    constraint: 'capability',
    detail: `needs ${capabilityNames(missing).join(', ')}, which it does not offer`,
  };
};

const disabled: Constraint = ({ offering }) =>
  offering.provider.mode === ProviderMode.DISABLED
    ? { constraint: 'disabled', detail: 'an operator has disabled the provider' }
    : undefined;

const maintenance: Constraint = ({ offering }, { isProbe }) =>
  offering.provider.mode === ProviderMode.MAINTENANCE && !isProbe
    ? { constraint: 'maintenance', detail: 'an operator has put the provider in maintenance' }
    : undefined;

const excludedProviders: Constraint = ({ offering }, { excludedProviders }) =>
  excludedProviders.has(offering.provider.id)
    ? { constraint: 'excluded_providers', detail: 'the request excludes this provider' }
    : undefined;

const allowedProviders: Constraint = ({ offering }, { allowedProviders }) =>
  allowedProviders.size > 0 && !allowedProviders.has(offering.provider.id)
    ? {
        constraint: 'allowed_providers',
        detail: `the request allows only ${[...allowedProviders].join(', ')}`,
      }
    : undefined;

const residency: Constraint = ({ offering: { provider } }, { residency }) =>
  residency.size === 0 || residency.has(provider.region) || residency.has('global')
    ? undefined
    : {
        constraint: 'residency',
        detail: `data may go to ${[...residency].join(', ')}; the provider is in ${provider.region}`,
      };

const tags: Constraint = ({ offering: { provider } }, needs) => {
  const missing = needs.tags.filter((tag) => !provider.tags.has(tag));
  return missing.length === 0
    ? undefined
    : { constraint: 'tags', detail: `the provider does not carry ${missing.join(', ')}` };
};

const contextLength: Constraint = ({ offering: { contextTokens } }, needs) => {
  if (
    contextTokens === undefined ||
    needs.estimatedInputTokens + (needs.maxOutputTokens ?? 0) <= contextTokens
  )
    return undefined;
  const wanted = `about ${needs.estimatedInputTokens} tokens of input and ${needs.maxOutputTokens ?? 'some'} of output`;
  return { constraint: 'context_length', detail: `${wanted} do not fit into its ${contextTokens} tokens` };
};

const maxCost: Constraint = ({ estimatedCost }, { maxCostNanoUsd }) => {
  if (maxCostNanoUsd === undefined) return undefined;
  if (estimatedCost === undefined)
    return { constraint: 'max_cost', detail: 'its price is unknown and the request limits its cost' };
  if (estimatedCost <= maxCostNanoUsd) return undefined;
  return {
    constraint: 'max_cost',
    detail: `would cost about $${formatUsd(estimatedCost)}; the request allows $${formatUsd(maxCostNanoUsd)}`,
  };
};

const maxPrice: Constraint = ({ offering }, { maxPricePerMillionNanoUsd: limit, estimatedInputTokens }) => {
  if (limit === undefined) return undefined;
  const prices = pricesFor(offering, estimatedInputTokens);
  if (prices?.input === undefined || prices.output === undefined) {
    return { constraint: 'max_price', detail: 'its price is unknown and the request limits the price' };
  }
  const dearest = larger(prices.input, prices.output);
  if (dearest <= limit) return undefined;
  return {
    constraint: 'max_price',
    detail: `costs up to $${formatUsd(dearest)} per million tokens; the request allows $${formatUsd(limit)}`,
  };
};

const larger = (a: bigint, b: bigint): bigint => {
  if (a < b) return b;
  return a;
};

const maxLatency: Constraint = ({ state: { latencyMs } }, { maxLatencyMs }) => {
  if (maxLatencyMs === undefined) return undefined;
  if (latencyMs === undefined)
    return { constraint: 'max_latency', detail: 'its latency is unknown and the request limits it' };
  if (latencyMs <= maxLatencyMs) return undefined;
  return {
    constraint: 'max_latency',
    detail: `takes about ${Math.round(latencyMs)} ms to the first token; the request allows ${maxLatencyMs} ms`,
  };
};

const credential: Constraint = ({ state, offering: { provider } }) =>
  state.credential === 'missing'
    ? {
        constraint: 'credential',
        detail: `its secret ${provider.credentialRef} cannot be had or may not be sent to its address`,
      }
    : undefined;

const parameter: Constraint = ({ unsupported }) =>
  unsupported === undefined
    ? undefined
    : { constraint: 'parameter', detail: `${unsupported.field}: ${unsupported.description}` };

const breaker: Constraint = ({ state }, { isProbe }) =>
  state.breakerAdmits || isProbe
    ? undefined
    : {
        constraint: 'breaker',
        detail: `its circuit breaker is ${state.breaker.replace('_', '-')} after failures`,
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
  breaker,
];

/** Every reason against a candidate; empty where it fits. */
export function exclusionsOf(candidate: CandidateView, needs: Needs): Exclusion[] {
  const exclusions: Exclusion[] = [];
  for (const constraint of CONSTRAINTS) {
    const exclusion = constraint(candidate, needs);
    if (exclusion !== undefined) exclusions.push(exclusion);
  }
  return exclusions;
}
