import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '@switchyard/kernel';
import { type Foundation, openPostgres, type Postgres, watchState } from '@switchyard/service-kit';
import { grpcRouting } from './adapters/grpc-routing.ts';
import { postgresHealthHistory } from './adapters/postgres-health-history.ts';
import { postgresHealthStore } from './adapters/postgres-health-store.ts';
import { postgresProbingStore } from './adapters/postgres-probing-store.ts';
import { Announcer } from './bus/announcer.ts';
import { takeObservations } from './bus/take-observations.ts';
import { type AlertParts, composeAlerts } from './compose-alerts.ts';
import type { HealthProbeConfig } from './config.ts';
import { exposeGauges, healthProbeEvents } from './events.ts';
import type { HealthHistory, ProbingStore, Routing } from './ports.ts';
import { HealthTable } from './runtime/health-table.ts';
import { Judge } from './runtime/judge.ts';
import { Leadership } from './runtime/leadership.ts';
import { ObservedProviders } from './runtime/observed-providers.ts';
import { Prober } from './runtime/prober.ts';
import { ProbingPlan } from './runtime/probing-plan.ts';
import { ProviderRegistry } from './runtime/provider-registry.ts';

/** What the handlers of RPCs stand on. */
export interface Parts {
  readonly table: HealthTable;
  readonly observed: ObservedProviders;
  readonly history: HealthHistory;
  readonly routing: Routing;
  readonly alerts: AlertParts;
  readonly plan: ProbingPlan;
  readonly probingStore: ProbingStore;
  readonly defaultIdleIntervalMs: number;
  readonly clock: Clock;
}

/** What parts are made of. */
export interface Composition {
  readonly config: HealthProbeConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes the parts of the service and sets them going; what they hold is let go by the foundation's stack. */
export function composeParts(foundation: Foundation, { config, clock, random }: Composition): Parts {
  const { log, metrics, bus, names, stack } = foundation;
  const events = healthProbeEvents(metrics);
  const table = new HealthTable();
  const observed = new ObservedProviders();
  const postgres = openDatabase(foundation, config);
  const store = postgresHealthStore(postgres);
  const probingStore = postgresProbingStore(postgres);
  const routing = openRouting(foundation, config);
  const holder = { owner: randomUUID() };

  const leadership = new Leadership({ store, holder, leaseMs: config.leaseMs, clock, log });
  stack.defer(() => leadership.close());
  const registry = new ProviderRegistry({ routing, clock, log });
  stack.defer(() => registry.close());
  watchState({ bus, bucket: names.stateBucket, key: names.stateKeys.providers }, () => registry.refresh());
  takeObservations({ bus, names, observed, events, clock });

  const { natsReplicas: replicas } = config;
  const announcer = new Announcer({ bus, names, replicas, store, table, leadership, events, clock, log });
  stack.defer(() => announcer.close());
  const judging = { store, holder, table, registry, observed, leadership, events, clock, log };
  const judge = new Judge({ ...judging, onChange: () => announcer.wake() });
  stack.defer(() => judge.close());
  const plan = new ProbingPlan({ store: probingStore, holder, clock, log });
  stack.defer(() => plan.close());
  const probing = { plan, routing, registry, table, observed, leadership, events, clock, random };
  const prober = new Prober({ ...probing, config: config.probing });
  stack.defer(() => prober.close());
  const watching = { postgres, holder, table, observed, leadership, events, random };
  const alerts = composeAlerts(foundation, { ...watching, config });

  showParts(foundation, { registry, judge, leadership, table, prober, alerts });
  return {
    ...{ table, observed, routing, clock, plan, probingStore, alerts },
    history: postgresHealthHistory(postgres),
    defaultIdleIntervalMs: config.probing.idleIntervalMs,
  };
}

interface Shown {
  readonly registry: ProviderRegistry;
  readonly judge: Judge;
  readonly leadership: Leadership;
  readonly table: HealthTable;
  readonly prober: Prober;
  readonly alerts: AlertParts;
}

/** Shows how the parts do, at `/readyz` and `/metrics`. */
function showParts(
  { readiness, metrics }: Foundation,
  { registry, judge, leadership, table, prober, alerts }: Shown,
): void {
  readiness.want('routing', () => part(registry.isUp, 'does not list providers; the last list holds'));
  readiness.want('postgres', () =>
    part(judge.isReachable && leadership.isReachable, 'not reached; the last known health is shown'),
  );
  exposeGauges(metrics, {
    states: () => [...table.records()].map(({ state }) => state),
    isLeader: () => leadership.isLeader,
    watchers: () => table.watchers,
    probesInFlight: () => prober.inFlight,
    alertsFiring: () => alerts.watch.firing,
  });
}

const part = (ok: boolean, otherwise: string) => ({ ok, detail: ok ? 'in order' : otherwise });

function openDatabase({ log, stack }: Foundation, { databaseUrl }: HealthProbeConfig): Postgres {
  const postgres = openPostgres({
    url: databaseUrl,
    maxConnections: 6,
    statementTimeoutMs: 2_000,
    applicationName: 'switchyard-health-probe',
    log,
  });
  stack.defer(() => postgres.close());
  return postgres;
}

function openRouting({ stack }: Foundation, config: HealthProbeConfig): Routing {
  const routing = grpcRouting({
    target: { address: config.routingAddress, apiKey: config.apiKey },
    probeTimeoutMs: config.probing.timeoutMs,
  });
  stack.defer(() => routing.close());
  return routing;
}
