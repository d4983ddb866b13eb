import { Purpose } from '@switchyard/contracts/routing';
import { type Operation, unboundedFields } from '@switchyard/llm';
import { capabilitiesNeeded, sizeOfOperation } from '../operation/operations.ts';
import { capabilitySet } from '../snapshot/capability.ts';
import type { AskedFor } from './interpret-request.ts';
import type { Needs } from './needs.ts';

/** For whom and how a request is made. */
export interface NeedsContext {
  readonly tenant: string;
  readonly stream: boolean;
  /** What it asks for, once its pool and the policies have had their say. */
  readonly asked: AskedFor;
}

/** What a valid request needs of a candidate. */
export function needsOf(operation: Operation, { tenant, stream, asked }: NeedsContext): Needs {
  const { requirements } = asked;
  const { request } = operation;
  return {
    ...sizeOfOperation(operation),
    operation,
    stream,
    tenant,
    selector: asked.selector,
    capabilities:
      capabilitySet(capabilitiesNeeded(operation, { stream })) | capabilitySet(requirements.capabilities),
    maxCostNanoUsd: requirements.maxCostNanoUsd,
    maxPricePerMillionNanoUsd: requirements.maxPricePerMillionNanoUsd,
    maxLatencyMs: requirements.maxLatencyMs,
    residency: new Set(requirements.residency),
    preferredProviders: requirements.preferredProviders,
    excludedProviders: new Set(requirements.excludedProviders),
    allowedProviders: new Set(requirements.allowedProviders),
    tags: requirements.tags,
    unboundedFields: unboundedFields(request),
    strategy: asked.strategy,
    compositeWeights: asked.compositeWeights,
    layers: asked.layers,
    isProbe: request.purpose === Purpose.PROBE,
  };
}
