import { join } from 'node:path';
import { usageStream } from '@switchyard/contracts';
import type { Catalog } from '@switchyard/llm';
import { ensureStream, type Foundation, openPostgres } from '@switchyard/service-kit';
import { AnswerCipher } from './adapters/answer-cipher.ts';
import { DecisionRecorder } from './adapters/decision-recorder.ts';
import { ExpiredRows } from './adapters/expired-rows.ts';
import { usagePublisher } from './adapters/nats-usage.ts';
import { PostgresConfiguration } from './adapters/postgres-configuration.ts';
import { PostgresDecisions } from './adapters/postgres-decisions.ts';
import { PostgresExperimentResults } from './adapters/postgres-experiment-results.ts';
import { PostgresExperiments } from './adapters/postgres-experiments.ts';
import { PostgresIdempotency } from './adapters/postgres-idempotency.ts';
import { PostgresPolicies } from './adapters/postgres-policies.ts';
import { PostgresPools } from './adapters/postgres-pools.ts';
import { PostgresProviders } from './adapters/postgres-providers.ts';
import { SnapshotFile } from './adapters/snapshot-file.ts';
import type { RoutingConfig } from './config.ts';
import type { Snapshot } from './domain/snapshot/snapshot.ts';
import type { RoutingEvents } from './events.ts';
import { readBootId } from './outbox/boot-id.ts';
import { UsageOutboxes } from './outbox/usage-outboxes.ts';
import { ExperimentTallies } from './runtime/experiment-tallies.ts';
import { SnapshotHolder } from './runtime/snapshot-holder.ts';

/** Opens the database: configuration, experiments' counts and decisions. */
export function openStores(
  config: RoutingConfig,
  { log, stack, readiness }: Foundation,
  events: RoutingEvents,
) {
  const postgres = openPostgres({
    url: config.databaseUrl,
    maxConnections: 8,
    statementTimeoutMs: 5_000,
    applicationName: 'routing',
    log,
  });
  stack.defer(() => postgres.close());
  readiness.want('postgres', () => ({
    ok: postgres.isUp,
    detail: postgres.isUp ? 'up' : 'away; serving from the snapshot',
  }));
  const decisionStore = new PostgresDecisions(postgres);
  const recorder = new DecisionRecorder({
    store: decisionStore,
    random: Math.random,
    samplePermille: config.decisionSamplePermille,
    retentionMs: config.decisionRetentionMs,
    log,
    onDropped: (count) => events.decisionsDropped(count),
  });
  stack.defer(() => recorder.dispose());
  const experimentResults = new PostgresExperimentResults(postgres);
  const tallies = new ExperimentTallies({
    store: experimentResults,
    log,
    onDropped: (requests) => events.experimentRequestsDropped(requests),
  });
  stack.defer(() => tallies.dispose());
  const configuration = new PostgresConfiguration(postgres);
  const configured = {
    providers: new PostgresProviders(configuration),
    pools: new PostgresPools(configuration),
    policies: new PostgresPolicies(configuration),
    experiments: new PostgresExperiments(postgres, configuration),
    experimentResults,
  };
  const answers = new PostgresIdempotency(postgres, new AnswerCipher(config.apiKey, 'idempotent answer'));
  const expired = new ExpiredRows({ store: answers, what: 'idempotency keys', log });
  stack.defer(() => expired.dispose());
  const kept = {
    decisions: recorder,
    experiments: tallies,
    answers,
  };
  return { configuration, configured, kept, decisionStore, recorder, postgres };
}

/** Opens this process's outbox and takes over those of dead ones. */
export async function openOutboxes(
  config: RoutingConfig,
  foundation: Foundation,
  events: RoutingEvents,
): Promise<UsageOutboxes> {
  const { bus, clock, log, names, stack } = foundation;
  const outboxes = await UsageOutboxes.open({
    outbox: {
      directory: join(config.stateDir, 'outbox'),
      bootId: readBootId(),
      segmentBytes: config.outboxSegmentBytes,
      maxBytes: config.outboxMaxBytes,
      retainMs: config.outboxRetainMs,
      onFatal: (error) => {
        throw new Error(`the disk lost what was written to the outbox: ${error.message}`, { cause: error });
      },
    },
    bus,
    names,
    clock,
    log,
    publish: usagePublisher(bus),
    ensureStream: async () =>
      ensureStream(await bus.manager(), usageStream(names, { replicas: config.natsReplicas })),
    onPublished: (count) => events.usagePublished(count),
  });
  stack.defer(() => outboxes.dispose());
  events.watchOutbox({
    unpublished: () => outboxes.unpublished,
    uncoveredBytes: () => outboxes.uncoveredBytes,
  });
  return outboxes;
}

/** What a snapshot is made with, and who is told of a new one. */
export interface SnapshotOptions {
  readonly catalog: Catalog;
  readonly onSnapshot: (snapshot: Snapshot) => void;
}

/** Opens the snapshot: the one that was kept on disk, until the services tell more. */
export function openSnapshots(
  config: RoutingConfig,
  { log, stack }: Foundation,
  { catalog, onSnapshot }: SnapshotOptions,
): SnapshotHolder {
  const file = new SnapshotFile(join(config.stateDir, 'snapshot.json'), log);
  stack.defer(() => file.dispose());
  const kept = file.load();
  if (kept !== undefined)
    log.info(
      { version: kept.configurationVersion, providers: kept.providers.length },
      'began with the kept snapshot',
    );
  const parts = kept ?? {
    configurationVersion: '',
    providers: [],
    pools: [],
    policies: [],
    experiments: [],
    priceBook: { version: '', prices: new Map(), terms: [] },
    healthVersion: '',
    health: new Map(),
  };
  return new SnapshotHolder(
    { ...parts, catalog, defaultLimits: config.defaultLimits },
    (snapshot, changed) => {
      onSnapshot(snapshot);
      file.save(changed);
    },
  );
}
