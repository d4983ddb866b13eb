import type { AlertEvent, DeliveryNext, ReceiverTarget } from '@switchyard/alerting';
import type { HealthEvent } from '@switchyard/contracts';
import type { HealthState } from '@switchyard/resilience';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ProbeOutcome } from './ports.ts';

/** The only place that emits this service's business metrics. */
export interface HealthProbeEvents {
  /** One provider's second of one routing replica arrived. */
  observed(result: 'accepted' | 'rejected'): void;
  probed(outcome: ProbeOutcome): void;
  changed(event: HealthEvent): void;
  published(count: number): void;
  alerted(event: AlertEvent): void;
  /** A try of telling a receiver has ended. */
  told(kind: ReceiverKind, outcome: DeliveryNext['kind']): void;
}

/** Kinds of receivers, NATS included. */
export type ReceiverKind = ReceiverTarget['kind'] | 'nats';

/** What is measured when somebody looks. */
export interface Gauges {
  readonly states: () => Iterable<HealthState>;
  readonly isLeader: () => boolean;
  readonly watchers: () => number;
  readonly probesInFlight: () => number;
  readonly alertsFiring: () => number;
}

const STATES: readonly HealthState[] = [
  'not_tested',
  'healthy',
  'degraded',
  'unhealthy',
  'unavailable',
  'maintenance',
];

/** Emits metrics to a registry. */
export function healthProbeEvents(registry: Registry): HealthProbeEvents {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `switchyard_health_probe_${name}_total`, help, labelNames, registers: [registry] });
  const observations = counter('observations', "Seconds of providers at routing's replicas, by result.", [
    'result',
  ]);
  const probes = counter('probes', 'Probes that ended, by outcome.', ['outcome']);
  const changes = counter('changes', 'Changes of states that this replica made, by event.', ['event']);
  const published = counter('events_published', 'Events that reached the bus.');
  const alerts = counter('alerts', 'Alerts that fired or were resolved at this replica, by event.', [
    'event',
  ]);
  const deliveries = counter('alert_deliveries', 'Tries of telling receivers, by kind and outcome.', [
    'kind',
    'outcome',
  ]);
  return {
    observed: (result) => observations.inc({ result }),
    probed: (outcome) => probes.inc({ outcome }),
    changed: (event) => changes.inc({ event }),
    published: (count) => published.inc(count),
    alerted: (event) => alerts.inc({ event }),
    told: (kind, outcome) => deliveries.inc({ kind, outcome }),
  };
}

/** Registers what is measured when somebody looks. */
export function exposeGauges(registry: Registry, gauges: Gauges): void {
  new Gauge({
    name: 'switchyard_health_probe_providers',
    help: 'Providers, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const counts = new Map(STATES.map((state) => [state, 0]));
      for (const state of gauges.states()) counts.set(state, (counts.get(state) ?? 0) + 1);
      for (const [state, count] of counts) this.set({ state }, count);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `switchyard_health_probe_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('is_leader', 'Whether this replica judges and probes (1).', () => (gauges.isLeader() ? 1 : 0));
  gauge('watchers', 'Callers that watch.', gauges.watchers);
  gauge('probes_in_flight', 'Probes under way.', gauges.probesInFlight);
  gauge('alerts_firing', 'Alerts that fire, at the replica that judges them.', gauges.alertsFiring);
}
