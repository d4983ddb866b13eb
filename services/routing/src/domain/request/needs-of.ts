import { type CompleteRequest, Purpose, Strategy } from '@switchyard/contracts/routing';
import { boundInputTokens, estimateInputTokens, unboundedFields } from '@switchyard/llm';
import { capabilitySet } from '../snapshot/capability.ts';
import { derivedCapabilities } from './derive-capabilities.ts';
import type { ModelSelector, Needs } from './needs.ts';

/** For whom and how a request is made. */
export interface NeedsContext {
  readonly tenant: string;
  readonly stream: boolean;
  /** Used where the request names none. */
  readonly defaultStrategy: Strategy;
}

/** What a valid request needs of a candidate. */
export function needsOf(request: CompleteRequest, { tenant, stream, defaultStrategy }: NeedsContext): Needs {
  const { requirements } = request;
  return {
    request,
    stream,
    tenant,
    selector: selectorOf(request.model),
    capabilities: derivedCapabilities(request, { stream }) | capabilitySet(requirements?.capabilities ?? []),
    maxCostNanoUsd: requirements?.maxCostNanoUsd,
    maxPricePerMillionNanoUsd: requirements?.maxPricePerMillionNanoUsd,
    maxLatencyMs: requirements?.maxLatencyMs,
    residency: new Set(requirements?.residency),
    preferredProviders: requirements?.preferredProviders ?? [],
    excludedProviders: new Set(requirements?.excludedProviders),
    allowedProviders: new Set(requirements?.allowedProviders),
    tags: requirements?.tags ?? [],
    estimatedInputTokens: estimateInputTokens(request),
    inputTokenBound: boundInputTokens(request),
    unboundedFields: unboundedFields(request),
    maxOutputTokens: request.sampling?.maxOutputTokens,
    strategy: request.strategy === Strategy.UNSPECIFIED ? defaultStrategy : request.strategy,
    compositeWeights: undefined,
    isProbe: request.purpose === Purpose.PROBE,
  };
}

function selectorOf(model: string): ModelSelector {
  return model === 'auto' ? { kind: 'auto' } : { kind: 'model', model };
}
