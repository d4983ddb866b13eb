import { randomUUID } from 'node:crypto';
import { readDescriptorImage } from '@switchyard/contracts';
import type { Catalog } from '@switchyard/llm';
import {
  type Authenticate,
  authenticateCallers,
  type Foundation,
  type KeyOwners,
  openAuditLog,
  type Postgres,
  type RunningService,
  resolveBySystem,
  serve,
  startComposed,
  startHttpServer,
} from '@switchyard/service-kit';
import { AccessTokens } from './adapters/access-tokens.ts';
import { AuditOutbox } from './adapters/audit-outbox.ts';
import type { CostAccountingLink } from './adapters/cost-accounting-link.ts';
import { CredentialSecrets } from './adapters/credential-secrets.ts';
import { openCatalog } from './adapters/open-catalog.ts';
import type { BatchContext } from './batch/batch-context.ts';
import { BatchWorker } from './batch/batch-worker.ts';
import type { RoutingConfig } from './config.ts';
import type { Snapshot } from './domain/snapshot/snapshot.ts';
import { ERROR_DOMAIN } from './errors.ts';
import { RoutingEvents } from './events.ts';
import { httpRoutes, strayError } from './http/routes.ts';
import { type BatchParts, openBatches } from './open-batches.ts';
import { openBudgets } from './open-budgets.ts';
import { openCaches } from './open-caches.ts';
import { type LinkOptions, openLinks } from './open-links.ts';
import { openQuotas } from './open-quotas.ts';
import { openOutboxes, openSnapshots, openStores } from './open-state.ts';
import type { UsageOutboxes } from './outbox/usage-outboxes.ts';
import { AdmittedPipeline } from './pipeline/admitted-pipeline.ts';
import { Entrance } from './pipeline/entrance.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { PipelineContext, ProviderSecrets } from './ports.ts';
import { type RpcOptions, rpcServices } from './rpc/services.ts';
import { LoopLag } from './runtime/loop-lag.ts';
import { RuntimeRegistry } from './runtime/runtime-registry.ts';
import { namedHostRules } from './transport/named-host-rules.ts';
import { ProviderTransport } from './transport/provider-transport.ts';

/** What tests put in place of other services. */
export interface RoutingOverrides {
  readonly authenticate?: Authenticate;
  /** Who the keys of batches belong to. */
  readonly owners?: Pick<KeyOwners, 'ownerOf'>;
  readonly secrets?: ProviderSecrets;
  readonly catalog?: Catalog;
}

/** Starts routing. It serves as soon as it has providers, from the database or from the snapshot it kept. */
export function startService(
  config: RoutingConfig,
  overrides: RoutingOverrides = {},
): Promise<RunningService> {
  return startComposed('routing', config, async (foundation) =>
    listen(config, foundation, await compose(config, foundation, overrides)),
  );
}

interface Composed extends RpcOptions {
  readonly authenticate: Authenticate;
  readonly batchEntry: BatchContext;
}

async function compose(
  config: RoutingConfig,
  foundation: Foundation,
  overrides: RoutingOverrides,
): Promise<Composed> {
  const { log, clock, stack } = foundation;
  const replica = randomUUID();
  const events = new RoutingEvents(foundation.metrics);
  const runtimes = new RuntimeRegistry();
  const quotas = openQuotas(config, foundation, replica);
  const hosts = namedHostRules(config.namedHosts);
  const transport = new ProviderTransport({ hosts, resolve: resolveBySystem });
  stack.defer(() => transport.close());
  const stores = openStores(config, foundation, events);
  const secrets = openSecrets(config, foundation, transport);
  const outboxes = await openOutboxes(config, foundation, events);
  const snapshots = openSnapshots(config, foundation, {
    catalog: overrides.catalog ?? openCatalog(config.catalogOverlay),
    onSnapshot: (snapshot) => keepUp(snapshot, { runtimes, quotas, secrets, clock }),
  });
  const { configuration } = stores;
  const linked = { replica, configuration, outboxes, snapshots, runtimes, postgres: stores.postgres, events };
  const { configured, budgets } = await link(config, foundation, linked);
  await secrets.prefetch(snapshots.current.providers);
  const context: PipelineContext = {
    snapshots,
    runtimes,
    quotas,
    budgets,
    transport,
    secrets: overrides.secrets ?? secrets,
    usage: outboxes,
    ...stores.kept,
    ...openCaches(config, foundation, events),
    events,
    clock,
    random: Math.random,
    log,
    replica,
    defaultStrategy: config.defaultStrategy,
  };
  return {
    ...stores,
    context,
    ...openPipeline(config, foundation, { context, postgres: stores.postgres, owners: overrides.owners }),
    admin: { ...stores.configured, configuration, link: configured, snapshots, hosts },
    authenticate: overrides.authenticate ?? authenticateCallers(foundation, config),
  };
}

function openPipeline(
  config: RoutingConfig,
  foundation: Foundation,
  { context, ...batchParts }: Omit<BatchParts, 'pipeline' | 'events'>,
): Pick<Composed, 'pipeline' | 'entrance' | 'batchEntry'> {
  const { clock, events, quotas } = context;
  const lag = new LoopLag(clock);
  foundation.stack.defer(() => lag.dispose());
  events.watchLag(lag);
  const entrance = new Entrance({
    mostActive: config.maxConcurrentRequests,
    mostQueued: config.maxQueuedRequests,
    clock,
    lag,
    onShed: (priority, why) => events.requestShed(priority, why),
  });
  events.watchEntrance(entrance);
  events.watchLimits(quotas);
  const pipeline = new AdmittedPipeline(new Pipeline(context), entrance);
  return {
    entrance,
    pipeline,
    batchEntry: openBatches(config, foundation, { context, pipeline, events, ...batchParts }),
  };
}

/** What outlives snapshots follows a new one. */
function keepUp(
  { providers, offerings, health }: Snapshot,
  {
    runtimes,
    quotas,
    secrets,
    clock,
  }: Pick<PipelineContext, 'runtimes' | 'quotas' | 'clock'> & { readonly secrets: CredentialSecrets },
): void {
  runtimes.healthChanged(health, clock.monotonicMs());
  runtimes.keepOnly(offerings);
  quotas.keepOnly(providers);
  void secrets.prefetch(providers);
}

function openSecrets(
  config: RoutingConfig,
  { bus, names, clock, log, stack, readiness }: Foundation,
  transport: ProviderTransport,
): CredentialSecrets {
  const target = { address: config.credentialAddress, apiKey: config.apiKey };
  const tokens = new AccessTokens({ transport, clock, log });
  const secrets = new CredentialSecrets({ target, bus, names, tokens, clock, log });
  stack.defer(() => secrets.close());
  readiness.want('credential', () => ({
    ok: secrets.isUp,
    detail: secrets.isUp ? 'up' : 'away; known keys and secrets serve on',
  }));
  return secrets;
}

/** Tells the audit log of changes of the configuration. */
function openAudit(
  { credentialAddress: address, apiKey }: RoutingConfig,
  { log, stack }: Foundation,
  postgres: Postgres,
): void {
  const audit = openAuditLog({ address, apiKey });
  stack.defer(() => audit.close());
  const outbox = new AuditOutbox({ postgres, audit, log });
  stack.defer(() => outbox.close());
}

interface Linked extends Omit<LinkOptions, 'budgets'> {
  readonly postgres: Postgres;
  readonly events: RoutingEvents;
}

/** Links this replica to the other services. Returns once what is configured and limited is known, or that it cannot be. */
async function link(config: RoutingConfig, foundation: Foundation, { postgres, events, ...linked }: Linked) {
  const { outboxes } = linked;
  openAudit(config, foundation, postgres);
  const budgets = openBudgets(config, foundation, { owner: outboxes.ownId, postgres, events });
  const { configured, cost } = openLinks(config, foundation, { ...linked, budgets });
  await Promise.all([configured.refresh(), cost.begin(), budgets.books.recover()]);
  handOverOutbox(config, foundation, { outboxes, cost });
  return { configured, budgets: budgets.leases };
}

/** Once the ports are closed no attempt is under way: then leases go back, the outbox is closed, and the ledger gets the rest. */
function handOverOutbox(
  { drainGraceMs }: RoutingConfig,
  { log, stack }: Foundation,
  { outboxes, cost }: { readonly outboxes: UsageOutboxes; readonly cost: CostAccountingLink },
): void {
  stack.defer(async () => {
    await cost.returnLeases();
    outboxes.closeOwn();
    if (await cost.drain(drainGraceMs)) return;
    log.warn(
      'the ledger does not have all usage yet; the next process of this state directory sends the rest',
    );
  });
}

async function listen(
  config: RoutingConfig,
  foundation: Foundation,
  composed: Composed,
): Promise<Record<string, string>> {
  const { log, requestBytes } = foundation;
  const { authenticate, context, pipeline, batchEntry } = composed;
  const { host } = config;
  const routes = httpRoutes(context, pipeline, batchEntry);
  const http = await startHttpServer({
    host,
    port: config.httpPort,
    authenticate,
    log,
    routes,
    strayError,
    requestBytes,
  });
  const { grpcPort, opsPort } = await serve(foundation, {
    config,
    authenticate,
    errorDomain: ERROR_DOMAIN,
    image: readDescriptorImage(),
    services: rpcServices(composed),
    alongside: [http, new BatchWorker(batchEntry)],
  });
  return {
    grpc: `${host}:${grpcPort}`,
    http: `http://${host}:${http.port}`,
    ops: `http://${host}:${opsPort}`,
  };
}
