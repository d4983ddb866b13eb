import { createHash } from 'node:crypto';
import { CompleteRequest, EmbedRequest, Strategy } from '@switchyard/contracts/routing';
import type { Operation } from '@switchyard/llm';
import type { AskedFor } from '../request/interpret-request.ts';
import type { ModelSelector } from '../request/needs.ts';
import { canonicalJson } from './canonical-json.ts';

/** Kinds of work whose answers may be kept. */
export type CachedKind = 'chat' | 'embed';

/** A question, and for whom. */
export interface Question {
  readonly tenant: string;
  readonly operation: Operation<CachedKind>;
  /** What it asks for, once its pool and the policies have had their say. */
  readonly understood: Pick<AskedFor, 'selector' | 'requirements' | 'strategy' | 'compositeWeights'>;
}

/** A change of what keys are made of must make other keys: replicas of two versions share a store. */
const VERSION = 1;

/**
 * Name of a question in its tenant's cache: SHA-256, hexadecimal. The same for requests that mean the same, whoever makes them, as a
 * stream or whole. Everything counts that changes the answer or who may give it; what does not is ids, context, labels, user,
 * failover, hedging and what is said of the cache. Fields that this version does not know count.
 */
export function cacheKeyOf({ tenant, operation, understood }: Question): string {
  const { requirements, strategy, compositeWeights } = understood;
  // As JSON no part can be taken for another.
  const whoMayAnswer = JSON.stringify([
    VERSION,
    tenant,
    operation.kind,
    selectorText(understood.selector),
    strategy,
    strategy === Strategy.COMPOSITE ? (compositeWeights ?? null) : null,
    [...requirements.capabilities].sort(),
    String(requirements.maxCostNanoUsd),
    String(requirements.maxPricePerMillionNanoUsd),
    requirements.maxLatencyMs ?? null,
    [...requirements.residency].sort(),
    requirements.preferredProviders,
    [...requirements.excludedProviders].sort(),
    [...requirements.allowedProviders].sort(),
    [...requirements.tags].sort(),
  ]);
  return createHash('sha256').update(whoMayAnswer).update('\0').update(contentOf(operation)).digest('hex');
}

function selectorText(selector: ModelSelector): string {
  switch (selector.kind) {
    case 'auto':
      return 'auto';
    case 'model':
      return `model ${selector.model}`;
    case 'pool':
      return `pool ${selector.pool.tenant}/${selector.pool.id}`;
  }
}

/** What is left in place of everything that does not change the answer, or counts elsewhere. */
const BLANK = {
  model: '',
  requirements: undefined,
  context: undefined,
  idempotencyKey: '',
  failover: undefined,
  strategy: Strategy.UNSPECIFIED,
  purpose: 0,
  labels: {},
  user: '',
  cache: undefined,
  priority: 0,
} as const;

function contentOf(operation: Operation<CachedKind>): Uint8Array {
  const passthroughJson = canonicalJson(operation.request.passthroughJson);
  if (operation.kind === 'embed')
    return EmbedRequest.encode({ ...operation.request, ...BLANK, passthroughJson }).finish();
  const { request } = operation;
  return CompleteRequest.encode({
    ...request,
    ...BLANK,
    passthroughJson,
    hedge: undefined,
    tools: request.tools.map((tool) => ({
      ...tool,
      parametersJsonSchema: canonicalJson(tool.parametersJsonSchema),
    })),
    responseFormat: request.responseFormat && {
      ...request.responseFormat,
      jsonSchema: canonicalJson(request.responseFormat.jsonSchema),
    },
  }).finish();
}
