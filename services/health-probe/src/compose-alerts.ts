import type { ReachRules } from '@switchyard/alerting';
import { type Random, uuidV7 } from '@switchyard/kernel';
import { type Foundation, type Postgres, resolveBySystem } from '@switchyard/service-kit';
import { alertTeller } from './adapters/alerts/alert-teller.ts';
import { postgresAlertStore } from './adapters/alerts/postgres-alert-store.ts';
import type { HealthProbeConfig } from './config.ts';
import type { HealthProbeEvents } from './events.ts';
import type { AlertStore, AlertTeller, LeaseHolder } from './ports.ts';
import { AlertDeliveries } from './runtime/alert-deliveries.ts';
import { AlertWatch } from './runtime/alert-watch.ts';
import type { HealthTable } from './runtime/health-table.ts';
import type { Leadership } from './runtime/leadership.ts';
import type { ObservedProviders } from './runtime/observed-providers.ts';

/** What the handlers of alerts stand on. */
export interface AlertParts {
  readonly store: AlertStore;
  readonly teller: AlertTeller;
  readonly rules: ReachRules;
  readonly watch: AlertWatch;
}

/** What alerts are made of. */
export interface AlertComposition {
  readonly config: HealthProbeConfig;
  readonly postgres: Postgres;
  readonly holder: LeaseHolder;
  readonly table: HealthTable;
  readonly observed: ObservedProviders;
  readonly leadership: Leadership;
  readonly events: HealthProbeEvents;
  readonly random: Random;
}

/** Makes what judges rules and tells receivers, and sets it going. */
export function composeAlerts(foundation: Foundation, composition: AlertComposition): AlertParts {
  const { bus, names, clock, log, stack } = foundation;
  const { config, postgres, holder, table, observed, leadership, events, random } = composition;
  const { credentialAddress: address, apiKey, natsReplicas: replicas, namedHosts: named } = config;
  const store = postgresAlertStore(postgres, () => clock.wallMs());
  const rules: ReachRules = { named, resolve: resolveBySystem };
  const teller = alertTeller({ bus, names, replicas, rules, credential: { address, apiKey }, clock });
  stack.defer(() => teller.close());
  const deliveries = new AlertDeliveries({ store, teller, holder, leadership, events, random, log });
  stack.defer(() => deliveries.close());
  const watch = new AlertWatch({
    ...{ store, holder, table, observed, leadership, events, clock, log },
    onChange: () => deliveries.wake(),
    newId: () => uuidV7(clock.wallMs()),
  });
  stack.defer(() => watch.close());
  return { store, teller, rules, watch };
}
