import type { BusNames } from '@switchyard/contracts';
import { ConnectorCalled } from '@switchyard/contracts/events';
import {
  type Bus,
  type BusEvent,
  ensureStream,
  type Logger,
  publishEvent,
  type StreamSpec,
} from '@switchyard/service-kit';
import type { CalledEvent, CalledEvents } from '../ports.ts';

export interface NatsCalledEventsOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  /** Copies of each event that NATS keeps. */
  readonly replicas: number;
  readonly log: Logger;
  /** Told of every event that found no room. */
  readonly onDrop: () => void;
}

/** Most events that wait for the bus; the audit log has every call anyway. */
const MAX_WAITING = 10_000;
const RETRY_MS = 1_000;
/** Longest wait for the bus when the service ends. */
const CLOSE_MS = 2_000;
const NANOS_PER_MS = 1_000_000;

/** The stream of this service's events. */
export function connectorStream(names: BusNames, replicas: number): StreamSpec {
  return {
    name: names.streams.connector,
    subjects: [names.connectorAll],
    retention: 'limits',
    storage: 'file',
    // They tell what happened: a full stream drops the oldest.
    discard: 'old',
    max_age: 7 * 24 * 3_600_000 * NANOS_PER_MS,
    max_bytes: 256 * 1024 * 1024,
    num_replicas: replicas,
    duplicate_window: 120_000 * NANOS_PER_MS,
  };
}

/** Tells of calls on the bus, in their order, from a bounded queue that outlives the bus's absence but not the process. */
export class NatsCalledEvents implements CalledEvents, AsyncDisposable {
  readonly #options: NatsCalledEventsOptions;
  readonly #queue: BusEvent[] = [];
  #sending: Promise<void> | undefined;
  #closed = false;

  constructor(options: NatsCalledEventsOptions) {
    this.#options = options;
    options.bus.onConnect(async () => {
      await this.#ensureStream();
      this.#wake();
    });
  }

  /** Events that the bus does not have yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  publish(event: CalledEvent): void {
    if (this.#queue.length >= MAX_WAITING) {
      this.#queue.shift();
      this.#options.onDrop();
    }
    this.#queue.push(encode(event, this.#options.names));
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wake();
    await Promise.race([this.#sending, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    this.#closed = true;
    if (this.#queue.length > 0)
      this.#options.log.warn({ events: this.#queue.length }, 'events were not sent');
  }

  #wake(): void {
    if (this.#closed || !this.#options.bus.isConnected) return;
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(): Promise<void> {
    const { bus, log } = this.#options;
    while (!this.#closed && bus.isConnected) {
      const event = this.#queue[0];
      if (event === undefined) return;
      try {
        await publishEvent(bus, event);
        if (this.#queue[0] === event) this.#queue.shift();
      } catch (error) {
        log.warn({ err: error }, 'an event did not reach the bus; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        // Somebody may have deleted the stream.
        await this.#ensureStream().catch(() => undefined);
      }
    }
  }

  async #ensureStream(): Promise<void> {
    const { bus, names, replicas } = this.#options;
    await ensureStream(await bus.manager(), connectorStream(names, replicas));
  }
}

function encode(event: CalledEvent, names: BusNames): BusEvent {
  const { durationMs, sizes, occurredAtMs, traceparent, ...rest } = event;
  const counted = Object.entries(sizes).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return {
    subject: names.connectorCalled(event.tenant),
    id: event.callId,
    type: 'switchyard.connector.v1.called',
    source: 'switchyard/connector',
    occurredAtMs,
    traceparent,
    payload: ConnectorCalled.encode({
      ...rest,
      durationUs: BigInt(Math.round(durationMs * 1000)),
      sizes: Object.fromEntries(counted.map(([kind, count]) => [kind, BigInt(count)])),
      occurredAt: new Date(occurredAtMs),
    }).finish(),
  };
}
