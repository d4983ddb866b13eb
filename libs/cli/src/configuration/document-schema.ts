import {
  CacheUse,
  ExperimentMetric,
  ExperimentState,
  HedgeUse,
  LimitAlgorithm,
  ProbeKind,
  ProviderBatches,
  ProviderMode,
  StickyKey,
  Strategy,
} from '@switchyard/contracts/routing';
import type { ObjectSchema, ValueSchema } from './schema.ts';

const text: ValueSchema = { kind: 'text' };
const texts: ValueSchema = { kind: 'list', of: text };
const flag: ValueSchema = { kind: 'flag' };
const long: ValueSchema = { kind: 'long' };
const whole = (min: number, max: number): ValueSchema => ({ kind: 'whole', min, max });
const count = whole(0, 0xffff_ffff);
const share = whole(0, 1_000_000);
const object = (fields: ObjectSchema): ValueSchema => ({ kind: 'object', fields });
const listOf = (fields: ObjectSchema): ValueSchema => ({ kind: 'list', of: object(fields) });

/** "STRATEGY_LEAST_LOADED" is written "least_loaded". */
export const wordsOf = (values: Readonly<Record<string, number>>): ValueSchema => ({
  kind: 'word',
  words: Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name !== 'UNSPECIFIED' && name !== 'UNRECOGNIZED')
      .map(([name, value]) => [name.toLowerCase(), value]),
  ),
});

const strategy = wordsOf(Strategy);

const weight: ValueSchema = { kind: 'number', min: 0 };
const compositeWeights = object({ priority: weight, health: weight, cost: weight, latency: weight });

const requirements = object({
  capabilities: texts,
  max_cost_nano_usd: long,
  max_price_per_million_nano_usd: long,
  max_latency_ms: whole(1, 0x7fff_ffff),
  residency: texts,
  preferred_providers: texts,
  excluded_providers: texts,
  allowed_providers: texts,
  tags: texts,
});

const cache = object({
  use: wordsOf(CacheUse),
  ttl_seconds: whole(1, 2_592_000),
  semantic: object({
    use: wordsOf(CacheUse),
    embedding_model: text,
    min_similarity: { kind: 'number', min: 0 },
  }),
});

const hedge = object({ use: wordsOf(HedgeUse), delay_ms: whole(1, 600_000) });

const limitMs = whole(1, 900_000);

const limits = object({
  concurrent_requests: count,
  requests_per_minute: count,
  tokens_per_minute: count,
  algorithm: wordsOf(LimitAlgorithm),
  burst_requests: count,
  burst_tokens: count,
  adaptive_concurrency: flag,
});

const provider: ObjectSchema = {
  id: text,
  tenant: text,
  display_name: text,
  wire_format: text,
  base_url: text,
  credential_ref: text,
  auth_style: text,
  catalog_id: text,
  models: listOf({
    model: text,
    catalog_model: text,
    capabilities: texts,
    context_tokens: count,
    max_output_tokens: count,
  }),
  priority: share,
  weight: share,
  region: text,
  tags: texts,
  mode: wordsOf(ProviderMode),
  probe_kind: wordsOf(ProbeKind),
  batches: wordsOf(ProviderBatches),
  simulated: flag,
  time_limits: object({
    connect_ms: limitMs,
    first_token_ms: limitMs,
    between_tokens_ms: limitMs,
    total_ms: limitMs,
  }),
  limits,
  headers: { kind: 'map' },
  endpoints: listOf({
    id: text,
    base_url: text,
    credential_ref: text,
    region: text,
    tags: texts,
    weight: share,
    mode: wordsOf(ProviderMode),
    limits,
  }),
};

const pool: ObjectSchema = {
  id: text,
  tenant: text,
  description: text,
  members: listOf({ provider: text, model: text, weight: share, priority: share }),
  strategy,
  composite_weights: compositeWeights,
  requirements,
  cache,
  hedge,
  task_types: texts,
  baseline: object({ provider: text, model: text }),
};

const policy: ObjectSchema = {
  tenant: text,
  strategy,
  composite_weights: compositeWeights,
  requirements,
  cache,
  hedge,
};

/** What an experiment is, apart from where it stands. */
export const EXPERIMENT_FIELDS: ObjectSchema = {
  id: text,
  tenant: text,
  description: text,
  model: text,
  variants: listOf({ name: text, model: text, weight: share }),
  sticky_by: wordsOf(StickyKey),
  sticky_label: text,
  metric: wordsOf(ExperimentMetric),
  significance: { kind: 'number', min: 0 },
};

const experiment: ObjectSchema = { ...EXPERIMENT_FIELDS, state: wordsOf(ExperimentState), promoted: text };

/** What a provider or an endpoint may say in a document and not in a message: where its key comes from. */
export const CREDENTIAL = 'credential';

/** The lists of a document. */
export const DOCUMENT_LISTS: Readonly<Record<ListName, ObjectSchema>> = {
  providers: provider,
  pools: pool,
  policies: policy,
  experiments: experiment,
};

type ListName = 'providers' | 'pools' | 'policies' | 'experiments';
