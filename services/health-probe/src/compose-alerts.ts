import {
  AlertDeliveries,
  type DeliveryOutcome,
  NO_RECEIVER,
  publishAlert,
  type ReachRules,
  type ReceiverTeller,
  receiverTeller,
} from '@switchyard/alerting';
import { type Random, uuidV7 } from '@switchyard/kernel';
import { type Foundation, type Logger, type Postgres, resolveBySystem } from '@switchyard/service-kit';
import { postgresAlertStore } from './adapters/alerts/postgres-alert-store.ts';
import type { HealthProbeConfig } from './config.ts';
import type { HealthProbeEvents } from './events.ts';
import type { AlertStore, DueDelivery, LeaseHolder } from './ports.ts';
import { AlertWatch } from './runtime/alert-watch.ts';
import type { HealthTable } from './runtime/health-table.ts';
import type { Leadership } from './runtime/leadership.ts';
import type { ObservedProviders } from './runtime/observed-providers.ts';

/** What the handlers of alerts stand on. */
export interface AlertParts {
  readonly store: AlertStore;
  readonly teller: ReceiverTeller;
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
  const teller = receiverTeller({ rules, credential: { address, apiKey }, clock });
  stack.defer(() => teller.close());
  const tellNats: TellNats = (event) => publishAlert(event, { bus, names, replicas });
  const deliveries = startDeliveries({ store, holder, leadership, events, random, log, teller, tellNats });
  stack.defer(() => deliveries.close());
  const watch = new AlertWatch({
    ...{ store, holder, table, observed, leadership, events, clock, log },
    onChange: () => deliveries.wake(),
    newId: () => uuidV7(clock.wallMs()),
  });
  stack.defer(() => watch.close());
  return { store, teller, rules, watch };
}

type TellNats = (event: Pick<DueDelivery, 'id' | 'notice'>) => Promise<DeliveryOutcome>;

interface Telling extends Pick<AlertComposition, 'holder' | 'leadership' | 'events' | 'random'> {
  readonly store: AlertStore;
  readonly teller: ReceiverTeller;
  readonly tellNats: TellNats;
  readonly log: Logger;
}

/** Tells who is to be told, on the leading replica only. */
function startDeliveries(telling: Telling): AlertDeliveries<DueDelivery> {
  const { store, holder, leadership, events, random, log, teller, tellNats } = telling;
  return new AlertDeliveries<DueDelivery>({
    mayTell: () => leadership.isLeader,
    claim: (limit) => store.claim(holder, limit),
    tell: ({ id, receiverId, receiver, notice }) => {
      if (receiverId === '') return tellNats({ id, notice });
      if (receiver !== undefined) return teller.tell({ id, receiver, notice });
      return Promise.resolve({ kind: 'failed', isFinal: true, reason: NO_RECEIVER });
    },
    settle: (id, next) => store.settle(id, next),
    told: ({ receiver }, outcome) => events.told(receiver?.target.kind ?? 'nats', outcome),
    random,
    log,
  });
}
