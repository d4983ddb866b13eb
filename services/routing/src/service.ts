import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readDescriptorImage, usageStream } from '@switchyard/contracts';
import { InferenceServiceService, ProviderAdminServiceService } from '@switchyard/contracts/routing';
import type { Catalog } from '@switchyard/llm';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import {
  type Authenticate,
  authenticateByCredential,
  defineService,
  ensureStream,
  type Foundation,
  openPostgres,
  type RunningService,
  serve,
  startFoundation,
} from '@switchyard/service-kit';
import { CostAccountingLink } from './adapters/cost-accounting-link.ts';
import { CredentialSecrets } from './adapters/credential-secrets.ts';
import { DecisionRecorder } from './adapters/decision-recorder.ts';
import { HealthLink } from './adapters/health-link.ts';
import { PostgresDecisions } from './adapters/postgres-decisions.ts';
import { PostgresProviders } from './adapters/postgres-providers.ts';
import { ProvidersLink } from './adapters/providers-link.ts';
import { SnapshotFile } from './adapters/snapshot-file.ts';
import { publishObservations } from './bus/publish-observations.ts';
import type { RoutingConfig } from './config.ts';
import { ERROR_DOMAIN } from './errors.ts';
import { RoutingEvents } from './events.ts';
import { chatCompletions } from './http/chat-completions.ts';
import { startHttpServer } from './http/http-server.ts';
import { models } from './http/models.ts';
import { readBootId } from './outbox/boot-id.ts';
import { UsageOutboxes } from './outbox/usage-outboxes.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { ProviderSecrets } from './ports.ts';
import { complete } from './rpc/complete.ts';
import { createProvider } from './rpc/create-provider.ts';
import { deleteProvider } from './rpc/delete-provider.ts';
import { getDecision } from './rpc/get-decision.ts';
import { getProvider } from './rpc/get-provider.ts';
import { listModels } from './rpc/list-models.ts';
import { listProviders } from './rpc/list-providers.ts';
import { route } from './rpc/route.ts';
import { streamComplete } from './rpc/stream-complete.ts';
import { updateProvider } from './rpc/update-provider.ts';
import { RuntimeRegistry } from './runtime/runtime-registry.ts';
import { SnapshotHolder } from './runtime/snapshot-holder.ts';
import { ProviderTransport } from './transport/provider-transport.ts';

/** What tests put in place of other services. */
export interface RoutingOverrides {
  readonly authenticate?: Authenticate;
  readonly secrets?: ProviderSecrets;
  readonly catalog?: Catalog;
}

/** Starts routing. It serves as soon as it has providers, from the database or from the snapshot it kept. */
export async function startService(
  config: RoutingConfig,
  overrides: RoutingOverrides = {},
): Promise<RunningService> {
  const foundation = await startFoundation('routing', config);
  const { log, stack } = foundation;
  try {
    const addresses = await compose(config, foundation, overrides);
    return { log, addresses, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function compose(
  config: RoutingConfig,
  foundation: Foundation,
  overrides: RoutingOverrides,
): Promise<Record<string, string>> {
  const { log, metrics, readiness, bus, names, clock, stack } = foundation;
  const replica = randomUUID();
  const events = new RoutingEvents(metrics);
  const runtimes = new RuntimeRegistry();
  const transport = new ProviderTransport();
  stack.defer(() => transport.close());

  const postgres = openPostgres({
    url: config.databaseUrl,
    maxConnections: 8,
    statementTimeoutMs: 5_000,
    applicationName: 'routing',
    log,
  });
  stack.defer(() => postgres.close());
  const store = new PostgresProviders(postgres);
  const decisionStore = new PostgresDecisions(postgres);
  const decisions = new DecisionRecorder({
    store: decisionStore,
    random: Math.random,
    samplePermille: config.decisionSamplePermille,
    retentionMs: config.decisionRetentionMs,
    log,
    onDropped: (count) => events.decisionsDropped(count),
  });
  stack.defer(() => decisions.dispose());

  const credential = { address: config.credentialAddress, apiKey: config.apiKey };
  const secrets = new CredentialSecrets({ target: credential, bus, names, clock, log });
  stack.defer(() => secrets.close());

  const outboxes = await openOutboxes(config, foundation, events);
  stack.defer(() => outboxes.dispose());

  const catalog = overrides.catalog ?? bundledCatalog();
  const snapshots = openSnapshots(config, foundation, { runtimes, secrets, catalog });
  const providers = new ProvidersLink({
    store,
    bus,
    names,
    onProviders: (part) => snapshots.setProviders(part),
    log,
  });
  stack.defer(() => providers.close());
  await providers.refresh();
  await secrets.prefetch(snapshots.current.providers);

  const cost = new CostAccountingLink({
    target: { address: config.costAccountingAddress, apiKey: config.apiKey },
    replica,
    outboxes,
    onPrices: (priceBook) => snapshots.setPrices(priceBook),
    clock,
    log,
  });
  stack.defer(() => cost.close());
  const health = new HealthLink({
    target: { address: config.healthProbeAddress, apiKey: config.apiKey },
    bus,
    names,
    onHealth: (part) => snapshots.setHealth(part),
    clock,
    log,
  });
  stack.defer(() => health.close());
  stack.defer(publishObservations({ bus, names, replica, runtimes, clock }));

  readiness.need('providers', () => {
    const count = snapshots.current.providers.length;
    return { ok: providers.isUp || count > 0, detail: `${count} providers` };
  });
  want('postgres', () => postgres.isUp);
  want('cost_accounting', () => cost.isUp);
  want('health_probe', () => health.isUp);

  const authenticator = authenticateByCredential({ target: credential, bus, names, clock });
  want('credential', () => secrets.isUp);
  const context = {
    snapshots,
    runtimes,
    transport,
    secrets: overrides.secrets ?? secrets,
    usage: outboxes,
    decisions,
    events,
    clock,
    log,
    replica,
    defaultStrategy: config.defaultStrategy,
  };
  const pipeline = new Pipeline(context);
  const admin = { store, link: providers, plaintextHosts: config.plaintextHosts };

  // Ends after the ports are closed: no attempt is under way, so the outbox can be closed and handed over.
  stack.defer(async () => {
    outboxes.closeOwn();
    const complete = await cost.drain(config.drainGraceMs);
    if (!complete)
      log.warn('the ledger does not have all usage yet; the next process of this directory sends the rest');
  });

  const authenticate = overrides.authenticate ?? authenticator.authenticate.bind(authenticator);
  const listening = await serve(foundation, {
    config,
    authenticate,
    errorDomain: ERROR_DOMAIN,
    image: readDescriptorImage(),
    services: [
      defineService(InferenceServiceService, {
        complete: complete(pipeline),
        streamComplete: streamComplete(pipeline),
        route: route(pipeline),
        getDecision: getDecision(decisionStore, decisions),
        listProviders: listProviders(context, pipeline),
        listModels: listModels(snapshots),
      }),
      defineService(ProviderAdminServiceService, {
        createProvider: createProvider(admin),
        getProvider: getProvider(snapshots),
        updateProvider: updateProvider(admin),
        deleteProvider: deleteProvider(admin),
      }),
    ],
  });
  const http = await startHttpServer({
    host: config.host,
    port: config.httpPort,
    authenticate,
    log,
    routes: new Map([
      ['POST /v1/chat/completions', chatCompletions({ pipeline, clock })],
      ['GET /v1/models', models(snapshots)],
      ['GET /v1/models/*', models(snapshots)],
    ]),
  });
  stack.defer(() => {
    readiness.announceStop();
    return http.stop(config.drainGraceMs);
  });
  return {
    grpc: `${config.host}:${listening.grpcPort}`,
    http: `http://${config.host}:${http.port}`,
    ops: `http://${config.host}:${listening.opsPort}`,
  };

  function want(name: string, isUp: () => boolean): void {
    readiness.want(name, () => ({ ok: isUp(), detail: isUp() ? 'up' : 'away; serving without it' }));
  }
}

function openOutboxes(
  config: RoutingConfig,
  foundation: Foundation,
  events: RoutingEvents,
): Promise<UsageOutboxes> {
  const { bus, clock, log, names } = foundation;
  return UsageOutboxes.open({
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
    ensureStream: async () =>
      ensureStream(await bus.manager(), usageStream(names, { replicas: config.natsReplicas })),
    onPublished: (count) => events.usagePublished(count),
  }).then((outboxes) => {
    events.watchOutbox({
      unpublished: () => outboxes.unpublished,
      uncoveredBytes: () => outboxes.uncoveredBytes,
    });
    return outboxes;
  });
}

function openSnapshots(
  config: RoutingConfig,
  { log, stack }: Foundation,
  { runtimes, secrets, catalog }: { runtimes: RuntimeRegistry; secrets: CredentialSecrets; catalog: Catalog },
): SnapshotHolder {
  const file = new SnapshotFile(join(config.stateDir, 'snapshot.json'), log);
  stack.defer(() => file.dispose());
  const kept = file.load();
  if (kept !== undefined)
    log.info(
      { version: kept.providersVersion, providers: kept.providers.length },
      'began with the kept snapshot',
    );
  const empty = {
    providersVersion: '',
    providers: [],
    priceBook: { version: '', prices: new Map() },
    healthVersion: '',
    health: new Map(),
  };
  return new SnapshotHolder(
    { ...(kept ?? empty), catalog, defaultLimits: config.defaultLimits },
    (snapshot, parts) => {
      runtimes.keepOnly(new Set(snapshot.offerings.map(({ key }) => key)));
      void secrets.prefetch(snapshot.providers);
      file.save(parts);
    },
  );
}
