import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ConnectorTypeName } from './domain/connector.ts';

/** What is known of a call when it ends. */
export interface EndedConnectorCall {
  readonly type: ConnectorTypeName;
  /** `ok`, `failing_status` or the reason of the error, from the service's table. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly bytes: number | undefined;
}

/** The only place that emits this service's business metrics. */
export interface ConnectorEvents {
  callEnded(call: EndedConnectorCall): void;
  secretRead(result: 'cached' | 'read' | 'failed'): void;
  /** An event about a call found no room while the bus was away. */
  eventDropped(): void;
}

/** What is measured when somebody looks. */
export interface Gauges {
  readonly inFlight: () => number;
  readonly openBreakers: () => number;
  readonly eventsWaiting: () => number;
}

/** Emits metrics to a registry. */
export function connectorEvents(registry: Registry): ConnectorEvents {
  const registers = [registry];
  const calls = new Counter({
    name: 'switchyard_connector_calls_total',
    help: 'Calls of connectors that ended, by type and outcome (ok, failing_status or a reason).',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'switchyard_connector_call_duration_seconds',
    help: 'Time of a call, from its arrival to its end.',
    labelNames: ['type'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 300],
    registers,
  });
  const bytes = new Counter({
    name: 'switchyard_connector_result_bytes_total',
    help: 'Bytes of results that were given back.',
    labelNames: ['type'],
    registers,
  });
  const secrets = new Counter({
    name: 'switchyard_connector_secret_uses_total',
    help: 'Uses of secrets, by how they were answered.',
    labelNames: ['result'],
    registers,
  });
  const dropped = new Counter({
    name: 'switchyard_connector_events_dropped_total',
    help: 'Events about calls that found no room while the bus was away.',
    registers,
  });
  return {
    callEnded: ({ type, outcome, durationMs, bytes: size }) => {
      calls.inc({ type, outcome });
      durations.observe({ type }, durationMs / 1_000);
      if (size !== undefined) bytes.inc({ type }, size);
    },
    secretRead: (result) => secrets.inc({ result }),
    eventDropped: () => dropped.inc(),
  };
}

/** Registers what is measured when somebody looks. */
export function exposeGauges(registry: Registry, gauges: Gauges): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `switchyard_connector_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('calls_in_flight', 'Calls under way.', gauges.inFlight);
  gauge('breakers_open', 'Connectors that are left alone because they failed.', gauges.openBreakers);
  gauge('events_waiting', 'Events about calls that the bus does not have yet.', gauges.eventsWaiting);
}
