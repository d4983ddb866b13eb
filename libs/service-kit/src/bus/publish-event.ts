import { headers, type MsgHdrs } from 'nats';
import type { Bus } from './connect-bus.ts';

/** An event for a stream. */
export interface BusEvent {
  readonly subject: string;
  /** Id of the event; a second copy within the stream's window is dropped. */
  readonly id: string;
  /** CloudEvents type, for example `switchyard.connector.v1.called`. */
  readonly type: string;
  /** CloudEvents source, for example `switchyard/connector`. */
  readonly source: string;
  /** When it happened, in wall milliseconds. */
  readonly occurredAtMs: number;
  /** Protobuf of `switchyard.events.v1`. */
  readonly payload: Uint8Array;
  /** W3C trace context of what led to it; '' where there is none. */
  readonly traceparent: string;
}

/** Publishes one event. Resolves when the stream has it. @throws while there is no connection or no stream */
export async function publishEvent(bus: Bus, event: BusEvent): Promise<void> {
  await bus
    .jetstream()
    .publish(event.subject, event.payload, { msgID: event.id, headers: cloudEvent(event) });
}

/** CloudEvents 1.0 in NATS headers. Source: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md */
function cloudEvent({ id, type, source, occurredAtMs, traceparent }: BusEvent): MsgHdrs {
  const fields = headers();
  fields.set('ce-specversion', '1.0');
  fields.set('ce-id', id);
  fields.set('ce-type', type);
  fields.set('ce-source', source);
  fields.set('ce-time', new Date(occurredAtMs).toISOString());
  fields.set('content-type', 'application/protobuf');
  if (traceparent !== '') fields.set('traceparent', traceparent);
  return fields;
}
