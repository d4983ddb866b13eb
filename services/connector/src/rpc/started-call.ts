import type { Clock } from '@switchyard/kernel';
import type { CallContext } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import type { ConnectorGates } from '../domain/connector-gates.ts';
import type { ConnectorType } from '../domain/connector-type.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { ConnectorEvents } from '../events.ts';
import type { Audit, CalledEvents, Secrets } from '../ports.ts';

export interface PerformDependencies {
  readonly gates: ConnectorGates;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly called: CalledEvents;
  readonly events: ConnectorEvents;
  readonly clock: Clock;
}

/** One call, its input checked. */
export interface CheckedCall {
  readonly connector: Connector;
  readonly type: ConnectorType;
  readonly endpoint: Endpoint;
  readonly operation: string;
  readonly input: unknown;
  readonly context: CallContext;
  readonly limit: { readonly limitMs: number; readonly isCallers: boolean };
  /** Monotonic. */
  readonly arrivedAtMs: number;
}

/** A call with its id and the signal that ends it. */
export interface StartedCall extends CheckedCall {
  readonly callId: string;
  readonly signal: AbortSignal;
}
