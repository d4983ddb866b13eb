import {
  type CacheOptions,
  CacheUse,
  type FailoverPolicy,
  type HedgePolicy,
  HedgeUse,
  type RequestContext,
  RequestPriority,
  type Requirements,
  type SemanticMatching,
  STRATEGY_NAMES,
  Strategy,
  strategyNamed,
} from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';
import { MAX_AGE_SECONDS } from './read-cache-control.ts';

/** What the `switchyard` object of a body says. */
export interface SwitchyardExtension {
  readonly requirements: Requirements | undefined;
  readonly context: RequestContext | undefined;
  readonly failover: FailoverPolicy | undefined;
  readonly hedge: HedgePolicy | undefined;
  readonly cache: CacheOptions | undefined;
  readonly strategy: Strategy;
  readonly priority: RequestPriority;
  readonly labels: Record<string, string>;
  readonly idempotencyKey: string;
}

const NOTHING: SwitchyardExtension = {
  requirements: undefined,
  context: undefined,
  failover: undefined,
  hedge: undefined,
  cache: undefined,
  strategy: Strategy.UNSPECIFIED,
  priority: RequestPriority.UNSPECIFIED,
  labels: {},
  idempotencyKey: '',
};

const FIELDS = [
  'requirements',
  'context',
  'failover',
  'hedge',
  'cache',
  'strategy',
  'priority',
  'labels',
  'idempotency_key',
];
const PRIORITIES = {
  high: RequestPriority.HIGH,
  normal: RequestPriority.NORMAL,
  low: RequestPriority.LOW,
} as const;
const NAMES = { maxLength: 100, maxCharacters: 256 };
const MAX_INT32 = 0x7fff_ffff;

/** The `switchyard` object; fields are named as in the proto. */
export function decodeExtension(body: FieldReader): SwitchyardExtension {
  const extension = body.reader('switchyard');
  if (extension === undefined) return NOTHING;
  extension.refuseOthers(FIELDS);
  return {
    requirements: decodeRequirements(extension.reader('requirements')),
    context: decodeContext(extension.reader('context')),
    failover: decodeFailover(extension.reader('failover')),
    hedge: decodeHedge(extension.reader('hedge')),
    cache: decodeCache(extension.reader('cache')),
    strategy: decodeStrategy(extension),
    priority: decodePriority(extension),
    labels: decodeLabels(extension.reader('labels')),
    idempotencyKey: extension.string('idempotency_key', 256) ?? '',
  };
}

function decodePriority(extension: FieldReader): RequestPriority {
  const name = extension.oneOf('priority', ['high', 'normal', 'low']);
  return name === undefined ? RequestPriority.UNSPECIFIED : PRIORITIES[name];
}

function decodeRequirements(reader: FieldReader | undefined): Requirements | undefined {
  reader?.refuseOthers([
    'capabilities',
    'max_cost_nano_usd',
    'max_price_per_million_nano_usd',
    'max_latency_ms',
    'residency',
    'preferred_providers',
    'excluded_providers',
    'allowed_providers',
    'tags',
    'task_type',
  ]);
  return (
    reader && {
      capabilities: reader.strings('capabilities', NAMES),
      maxCostNanoUsd: reader.int64('max_cost_nano_usd'),
      maxPricePerMillionNanoUsd: reader.int64('max_price_per_million_nano_usd'),
      maxLatencyMs: reader.integer('max_latency_ms', { min: 1, max: MAX_INT32 }),
      residency: reader.strings('residency', NAMES),
      preferredProviders: reader.strings('preferred_providers', NAMES),
      excludedProviders: reader.strings('excluded_providers', NAMES),
      allowedProviders: reader.strings('allowed_providers', NAMES),
      tags: reader.strings('tags', NAMES),
      taskType: reader.string('task_type', 128) ?? '',
    }
  );
}

function decodeContext(reader: FieldReader | undefined): RequestContext | undefined {
  reader?.refuseOthers(['agent', 'workflow', 'service', 'tenant']);
  return (
    reader && {
      agent: reader.string('agent', 128) ?? '',
      workflow: reader.string('workflow', 128) ?? '',
      service: reader.string('service', 128) ?? '',
      tenant: reader.string('tenant', 128) ?? '',
    }
  );
}

function decodeFailover(reader: FieldReader | undefined): FailoverPolicy | undefined {
  reader?.refuseOthers(['allowed', 'max_fallbacks', 'max_retries', 'continue_streams']);
  return (
    reader && {
      allowed: reader.boolean('allowed'),
      maxFallbacks: reader.integer('max_fallbacks', { min: 0, max: 10 }),
      maxRetries: reader.integer('max_retries', { min: 0, max: 5 }),
      continueStreams: reader.boolean('continue_streams'),
    }
  );
}

function decodeHedge(reader: FieldReader | undefined): HedgePolicy | undefined {
  reader?.refuseOthers(['use', 'delay_ms']);
  if (reader === undefined) return undefined;
  const use = reader.oneOf('use', ['on', 'off']);
  return {
    use: use === undefined ? HedgeUse.UNSPECIFIED : HEDGE_USES[use],
    delayMs: reader.integer('delay_ms', { min: 1, max: 600_000 }),
  };
}

const HEDGE_USES = { on: HedgeUse.ON, off: HedgeUse.OFF } as const;
const CACHE_USES = { on: CacheUse.ON, off: CacheUse.OFF } as const;

function decodeCache(reader: FieldReader | undefined): CacheOptions | undefined {
  reader?.refuseOthers(['use', 'ttl_seconds', 'max_age_seconds', 'no_store', 'semantic']);
  if (reader === undefined) return undefined;
  return {
    use: decodeUse(reader),
    ttlSeconds: reader.integer('ttl_seconds', { min: 1, max: MAX_AGE_SECONDS }),
    maxAgeSeconds: reader.integer('max_age_seconds', { min: 0, max: MAX_AGE_SECONDS }),
    noStore: reader.boolean('no_store') ?? false,
    semantic: decodeSemantic(reader.reader('semantic')),
  };
}

function decodeSemantic(reader: FieldReader | undefined): SemanticMatching | undefined {
  reader?.refuseOthers(['use', 'embedding_model', 'min_similarity']);
  return (
    reader && {
      use: decodeUse(reader),
      embeddingModel: reader.string('embedding_model', 256) ?? '',
      minSimilarity: reader.number('min_similarity', { min: 0, max: 1 }),
    }
  );
}

function decodeUse(reader: FieldReader): CacheUse {
  const use = reader.oneOf('use', ['on', 'off']);
  return use === undefined ? CacheUse.UNSPECIFIED : CACHE_USES[use];
}

/** "least_loaded", or its name in the proto, "STRATEGY_LEAST_LOADED"; whoever is refused is told the words alone. */
function decodeStrategy(extension: FieldReader): Strategy {
  const ofProto = STRATEGY_NAMES.find(
    (word) => `STRATEGY_${word.toUpperCase()}` === extension.object.strategy,
  );
  const name = ofProto ?? extension.oneOf('strategy', STRATEGY_NAMES);
  return (name === undefined ? undefined : strategyNamed(name)) ?? Strategy.UNSPECIFIED;
}

function decodeLabels(reader: FieldReader | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  const names = reader === undefined ? [] : Object.keys(reader.object);
  if (names.length > 16) reader?.refuse('', 'may hold 16 labels at most');
  for (const name of names.slice(0, 16)) {
    if (name.length > 128) reader?.refuse(name.slice(0, 32), 'may have a name of 128 characters at most');
    // "__proto__" as a computed key of a literal is an own property, not the prototype.
    else Object.assign(labels, { [name]: reader?.string(name, 128) ?? '' });
  }
  return labels;
}
