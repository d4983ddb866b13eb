import { STRATEGY_NAMES, Strategy, strategyNamed } from '@switchyard/contracts/routing';
import {
  type BaseConfig,
  type Env,
  EnvReader,
  type NamedHosts,
  parseNamedHosts,
  readBaseConfig,
} from '@switchyard/service-kit';
import type { MemoryBounds } from './cache/memory-answers.ts';
import { MAX_PROVIDER_BATCH_LINES } from './domain/batch/batch-limits.ts';
import type { ProviderBatchRules } from './domain/batch/provider-batch-rules.ts';
import type { AttemptLimits } from './domain/snapshot/offering.ts';

/** What routing is configured with. */
export interface RoutingConfig extends BaseConfig {
  readonly env: Env;
  /** `ROUTING_HTTP_PORT`, default 7080. */
  readonly httpPort: number;
  /** `ROUTING_DATABASE_URL`. */
  readonly databaseUrl: string;
  /** `REDIS_URL`: shared by the replicas of an installation; undefined: each is on its own. */
  readonly redisUrl: string | undefined;
  /** `SWITCHYARD_COST_ACCOUNTING_ADDRESS`. */
  readonly costAccountingAddress: string;
  /** `SWITCHYARD_HEALTH_PROBE_ADDRESS`. */
  readonly healthProbeAddress: string;
  /** `ROUTING_STATE_DIR`: the outbox and the kept snapshot. One directory for each replica. */
  readonly stateDir: string;
  /** `ROUTING_CATALOG_OVERLAY`: path of an operator's own models, prices and statements; undefined for none. */
  readonly catalogOverlay: string | undefined;
  /** `ROUTING_OUTBOX_MAX_BYTES`, default 1 GiB: admission stops when so much waits for the ledger. */
  readonly outboxMaxBytes: number;
  /** `ROUTING_OUTBOX_SEGMENT_BYTES`, default 32 MiB. */
  readonly outboxSegmentBytes: number;
  /** `ROUTING_OUTBOX_RETAIN_MS`, default 24 h: how long what the ledger has is kept. */
  readonly outboxRetainMs: number;
  /**
   * `ROUTING_PLAINTEXT_HOSTS`: hosts (or host:port) that the operator vouches for, by commas. They may be reached without
   * TLS, and tenants' providers at them may have loopback, private and shared addresses. Default: none.
   */
  readonly namedHosts: NamedHosts;
  /** `ROUTING_DEFAULT_STRATEGY`: one of {@link STRATEGY_NAMES}, default priority. */
  readonly defaultStrategy: Strategy;
  /** `ROUTING_{CONNECT,FIRST_TOKEN,BETWEEN_TOKENS,TOTAL}_TIMEOUT_MS`. */
  readonly defaultLimits: AttemptLimits;
  /** `ROUTING_CACHE_MEMORY_BYTES`, default 64 MiB, and `ROUTING_CACHE_MEMORY_ENTRIES`, default 20,000: answers kept in memory. */
  readonly cacheBounds: MemoryBounds;
  /** `ROUTING_CACHE_SEMANTIC_WAIT_MS`, default 400: longest that a request waits for a kept answer to a question that means nearly the same. */
  readonly semanticWaitMs: number;
  /** `ROUTING_DECISION_SAMPLE_PERMILLE`, default 1000: how many plain successes are stored; everything else always is. */
  readonly decisionSamplePermille: number;
  /** `ROUTING_DECISION_RETENTION_HOURS`, default 168. */
  readonly decisionRetentionMs: number;
  /** `ROUTING_MAX_CONCURRENT_REQUESTS`, default 16,384: so many requests are under way at once at the most. */
  readonly maxConcurrentRequests: number;
  /** `ROUTING_MAX_QUEUED_REQUESTS`, default 1,024: and so many wait for a moment, the most urgent first. */
  readonly maxQueuedRequests: number;
  /** `ROUTING_BATCH_LINES_AT_ONCE`, default 16: so many lines of a batch are asked at once, of at most four batches. */
  readonly batchLinesAtOnce: number;
  /** `ROUTING_PROVIDER_BATCH_MIN_LINES` and `ROUTING_PROVIDER_BATCH_POLL_MS`. */
  readonly providerBatches: ProviderBatchRules;
  /** `SWITCHYARD_NATS_REPLICAS`, default 1: copies that NATS keeps of streams. */
  readonly natsReplicas: number;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reads the environment. @throws ConfigError with everything that is wrong */
export function parseConfig(env: Env): RoutingConfig {
  const reader = new EnvReader(env);
  const limit = (name: string, fallback: number) =>
    reader.integer(`ROUTING_${name}_TIMEOUT_MS`, { fallback, min: 1, max: 900_000 });
  const config: RoutingConfig = {
    ...readBaseConfig(reader, { prefix: 'ROUTING', grpcPort: 7001 }),
    env,
    httpPort: reader.port('ROUTING_HTTP_PORT', 7080),
    databaseUrl: reader.url('ROUTING_DATABASE_URL', ['postgresql', 'postgres']),
    redisUrl: reader.url('REDIS_URL', ['redis', 'rediss'], '') || undefined,
    costAccountingAddress: reader.text('SWITCHYARD_COST_ACCOUNTING_ADDRESS', '127.0.0.1:7003'),
    healthProbeAddress: reader.text('SWITCHYARD_HEALTH_PROBE_ADDRESS', '127.0.0.1:7002'),
    stateDir: reader.text('ROUTING_STATE_DIR'),
    catalogOverlay: reader.optional('ROUTING_CATALOG_OVERLAY'),
    ...readOutbox(reader),
    namedHosts: readNamedHosts(reader),
    defaultStrategy: readDefaultStrategy(reader),
    defaultLimits: {
      connectMs: limit('CONNECT', 5_000),
      firstTokenMs: limit('FIRST_TOKEN', 60_000),
      betweenTokensMs: limit('BETWEEN_TOKENS', 30_000),
      totalMs: limit('TOTAL', 600_000),
    },
    cacheBounds: readCacheBounds(reader),
    semanticWaitMs: reader.integer('ROUTING_CACHE_SEMANTIC_WAIT_MS', { fallback: 400, min: 1, max: 10_000 }),
    decisionSamplePermille: reader.integer('ROUTING_DECISION_SAMPLE_PERMILLE', {
      fallback: 1000,
      min: 0,
      max: 1000,
    }),
    decisionRetentionMs:
      reader.integer('ROUTING_DECISION_RETENTION_HOURS', { fallback: 168, min: 1, max: 8_760 }) * HOUR_MS,
    ...readEntrance(reader),
    batchLinesAtOnce: reader.integer('ROUTING_BATCH_LINES_AT_ONCE', { fallback: 16, min: 1, max: 256 }),
    providerBatches: {
      minLines: reader.integer('ROUTING_PROVIDER_BATCH_MIN_LINES', {
        fallback: 100,
        min: 1,
        max: MAX_PROVIDER_BATCH_LINES,
      }),
      pollMs: reader.integer('ROUTING_PROVIDER_BATCH_POLL_MS', { fallback: 30_000, min: 100, max: 600_000 }),
    },
    natsReplicas: reader.integer('SWITCHYARD_NATS_REPLICAS', { fallback: 1, min: 1, max: 5 }),
  };
  reader.finish();
  return Object.freeze(config);
}

const readDefaultStrategy = (reader: EnvReader): Strategy =>
  strategyNamed(reader.choice('ROUTING_DEFAULT_STRATEGY', STRATEGY_NAMES, 'priority')) ?? Strategy.PRIORITY;

const readCacheBounds = (reader: EnvReader): MemoryBounds => ({
  maxBytes: reader.integer('ROUTING_CACHE_MEMORY_BYTES', { fallback: 64 * MIB, min: MIB, max: 64 * GIB }),
  maxEntries: reader.integer('ROUTING_CACHE_MEMORY_ENTRIES', { fallback: 20_000, min: 1, max: 10_000_000 }),
});
function readOutbox(
  reader: EnvReader,
): Pick<RoutingConfig, 'outboxMaxBytes' | 'outboxSegmentBytes' | 'outboxRetainMs'> {
  return {
    outboxMaxBytes: reader.integer('ROUTING_OUTBOX_MAX_BYTES', { fallback: GIB, min: MIB, max: 1024 * GIB }),
    outboxSegmentBytes: reader.integer('ROUTING_OUTBOX_SEGMENT_BYTES', {
      fallback: 32 * MIB,
      min: 64 * 1024,
      max: GIB,
    }),
    outboxRetainMs: reader.integer('ROUTING_OUTBOX_RETAIN_MS', {
      fallback: DAY_MS,
      min: 0,
      max: 30 * DAY_MS,
    }),
  };
}

function readEntrance(reader: EnvReader): Pick<RoutingConfig, 'maxConcurrentRequests' | 'maxQueuedRequests'> {
  return {
    maxConcurrentRequests: reader.integer('ROUTING_MAX_CONCURRENT_REQUESTS', {
      fallback: 16_384,
      min: 1,
      max: 1_000_000,
    }),
    maxQueuedRequests: reader.integer('ROUTING_MAX_QUEUED_REQUESTS', {
      fallback: 1_024,
      min: 0,
      max: 100_000,
    }),
  };
}

function readNamedHosts(reader: EnvReader): NamedHosts {
  const { named, wrong } = parseNamedHosts(reader.list('ROUTING_PLAINTEXT_HOSTS'), 'optional');
  for (const entry of wrong) {
    reader.problem(`ROUTING_PLAINTEXT_HOSTS: ${JSON.stringify(entry)} is not host or host:port`);
  }
  return named;
}
