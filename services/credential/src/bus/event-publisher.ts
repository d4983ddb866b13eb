import type { BusNames } from '@switchyard/contracts';
import type { Clock } from '@switchyard/kernel';
import { type Bus, type Logger, type Postgres, publishEvent, type StreamSpec } from '@switchyard/service-kit';
import { countWaitingEvents } from '../adapters/count-waiting-events.ts';
import { forgetPublishedEvents } from '../adapters/forget-published-events.ts';
import { markEventsPublished } from '../adapters/mark-events-published.ts';
import { takeWaitingEvents } from '../adapters/take-waiting-events.ts';
import type { CredentialEvents } from '../events.ts';
import type { OutboxEvent } from '../ports.ts';
import { ensureCredentialStream } from './credential-stream.ts';

export interface EventPublisherOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly postgres: Postgres;
  readonly stream: StreamSpec;
  readonly events: CredentialEvents;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often the outbox is looked into. */
const POLL_MS = 1_000;
/** Most events of one look. */
const BATCH = 100;
/** Most direct publishes at once; above, events go by the outbox only. */
const MAX_DIRECT = 256;
/** How long published events are kept, to see what was sent. */
const KEEP_MS = 60 * 60 * 1_000;
/** Looks between two removals of old events. */
const LOOKS_PER_REMOVAL = 60;

/**
 * Brings events to the bus on two paths: directly after their commit, which is fast, and from the outbox, which loses
 * nothing. An event may go out twice; its id is the same.
 */
export class EventPublisher {
  readonly #options: EventPublisherOptions;
  readonly #direct = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #wake: () => void = () => {};
  #waiting = 0;

  constructor(options: EventPublisherOptions) {
    this.#options = options;
  }

  /** Events that the bus did not have at the last look. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Begins to look into the outbox: every second, and at once when the bus is back. */
  start(): void {
    const { bus, stream } = this.#options;
    bus.onConnect(async () => {
      await ensureCredentialStream(bus, stream);
      this.#wake();
    });
    this.#loop = this.#run();
  }

  /** Sends a committed event now, without waiting. */
  publish(event: OutboxEvent): void {
    const { bus, log } = this.#options;
    if (!bus.isConnected || this.#direct.size >= MAX_DIRECT) return;
    const sending = this.#publishDirectly(event)
      .catch((error: unknown) => {
        log.warn(
          { err: error, event: event.id },
          'an event did not reach the bus; it is sent from the outbox',
        );
      })
      .finally(() => this.#direct.delete(sending));
    this.#direct.add(sending);
  }

  /** Waits for what is on its way, looks once more, and ends. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await Promise.all([...this.#direct, this.#loop]);
    await this.#look();
  }

  async #publishDirectly(event: OutboxEvent): Promise<void> {
    const { postgres, clock, events } = this.#options;
    await this.#send(event);
    events.eventPublished('direct');
    await postgres.asSystem((transaction) =>
      markEventsPublished(transaction, { ids: [event.id], nowMs: clock.wallMs() }),
    );
  }

  #send({ id, owner, event, payload, traceparent, createdAtMs }: OutboxEvent): Promise<void> {
    const { bus, names } = this.#options;
    return publishEvent(bus, {
      subject: names.credential(event, owner),
      id,
      type: `switchyard.credential.v1.${event}`,
      source: 'switchyard/credential',
      occurredAtMs: createdAtMs,
      payload,
      traceparent,
    });
  }

  async #run(): Promise<void> {
    for (let look = 1; !this.#stop.signal.aborted; look++) {
      await this.#look();
      if (look % LOOKS_PER_REMOVAL === 0) await this.#removeOld();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (this.#stop.signal.aborted) this.#wake();
      });
    }
  }

  /** Sends what waits, batch by batch, until a batch is not full or fails. */
  async #look(): Promise<void> {
    const { bus, postgres, events, log } = this.#options;
    try {
      while (bus.isConnected && (await this.#sendBatch()) === BATCH);
      this.#waiting = await postgres.asSystem(countWaitingEvents);
      events.eventsWaiting(this.#waiting);
    } catch (error) {
      log.warn({ err: error }, 'the outbox could not be sent; trying again');
    }
  }

  /** @returns how many events were taken */
  #sendBatch(): Promise<number> {
    const { postgres, clock, events, bus, stream } = this.#options;
    return postgres.asSystem(async (transaction) => {
      const batch = await takeWaitingEvents(transaction, BATCH);
      const sent = await Promise.allSettled(batch.map((event) => this.#send(event)));
      const ids = batch.filter((_, index) => sent[index]?.status === 'fulfilled').map(({ id }) => id);
      await markEventsPublished(transaction, { ids, nowMs: clock.wallMs() });
      for (const _ of ids) events.eventPublished('outbox');
      if (ids.length === batch.length) return batch.length;
      // A stream that somebody deleted takes nothing: make it again before the next look.
      await ensureCredentialStream(bus, stream);
      return 0;
    });
  }

  async #removeOld(): Promise<void> {
    const { postgres, clock, log } = this.#options;
    const publishedBeforeMs = clock.wallMs() - KEEP_MS;
    await postgres
      .asSystem((transaction) => forgetPublishedEvents(transaction, { publishedBeforeMs }))
      .catch((error: unknown) => log.warn({ err: error }, 'old events could not be removed'));
  }
}
