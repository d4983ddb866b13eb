import { SpanKind } from '@opentelemetry/api';
import type { BusNames } from '@switchyard/contracts';
import { encodeMessage } from '@switchyard/contracts/encode-message';
import { UsageRecord } from '@switchyard/contracts/events';
import type { Clock } from '@switchyard/kernel';
import { type Bus, endSpan, isTracing, type Logger, startSpan } from '@switchyard/service-kit';
import type { UsageLog } from '../ports.ts';
import { createOutbox, recoverOutboxes } from './open-outbox.ts';
import type { Outbox, OutboxOptions } from './outbox.ts';
import { OutboxPublisher, type PublishUsage, type UsageToPublish } from './outbox-publisher.ts';
import type { RecoveredOutbox } from './recover-outbox.ts';

export interface UsageOutboxesOptions {
  readonly outbox: OutboxOptions;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: PublishUsage;
  readonly ensureStream: () => Promise<void>;
  readonly onPublished: (count: number) => void;
  /** How often outboxes are looked for whose process has died since, in milliseconds. Default 30,000. */
  readonly lookAgainMs?: number;
}

/** Where an outbox stands, for the exchange with the ledger. */
export interface OutboxPosition {
  readonly outboxId: string;
  readonly lastSequence: number;
  readonly closed: boolean;
}

interface Running {
  readonly outbox: Outbox;
  readonly publisher: OutboxPublisher;
}

/** How often what was written is synced, and what the disk had no room for is tried again. */
const SYNC_MS = 50;
const LOOK_AGAIN_MS = 30_000;

/** The outbox this process writes and those it took over from processes that died, each with its publisher. */
export class UsageOutboxes implements UsageLog {
  readonly #options: UsageOutboxesOptions;
  readonly #own: Running;
  #running: Running[];
  readonly #timer: NodeJS.Timeout;
  readonly #lookingTimer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  private constructor(options: UsageOutboxesOptions, own: Running, running: Running[]) {
    this.#options = options;
    this.#own = own;
    this.#running = running;
    this.#timer = setInterval(() => this.#tick(), SYNC_MS);
    this.#lookingTimer = setInterval(() => {
      this.#looking ??= this.#lookAgain().finally(() => {
        this.#looking = undefined;
      });
    }, options.lookAgainMs ?? LOOK_AGAIN_MS);
  }

  /** Opens a new outbox and takes over what dead processes have left in the directory. */
  static async open(options: UsageOutboxesOptions): Promise<UsageOutboxes> {
    const own = createOutbox(options.outbox);
    const recovered = await recoverOutboxes(options.outbox, [own]);
    const first = startRunning(options, own);
    const others = recovered.map((taken) => startRecovered(options, taken));
    return new UsageOutboxes(options, first, [first, ...others]);
  }

  /** Id of the outbox that this process writes. */
  get ownId(): string {
    return this.#own.outbox.id;
  }

  /** Usage records that the bus has not taken yet. */
  get unpublished(): number {
    return this.#running.reduce(
      (sum, { outbox, publisher }) => sum + outbox.lastSequence - publisher.cursor + 1,
      0,
    );
  }

  get uncoveredBytes(): number {
    return this.#running.reduce((sum, { outbox }) => sum + outbox.uncoveredBytes, 0);
  }

  hold(attemptId: string, unresolved: UsageRecord): void {
    this.#own.outbox.hold(attemptId, encodeMessage(UsageRecord, unresolved));
  }

  note(record: UsageRecord): void {
    const { outbox, publisher } = this.#own;
    const usage = encodeMessage(UsageRecord, record);
    const sequence = outbox.note(record.attemptId, usage);
    publisher.offer({ sequence, usage, tenant: record.tenant });
  }

  settle(attemptId: string, record: UsageRecord): void {
    const { outbox, publisher } = this.#own;
    const usage = encodeMessage(UsageRecord, record);
    const sequence = outbox.settle(attemptId, usage);
    if (sequence !== undefined) publisher.offer({ sequence, usage, tenant: record.tenant });
    else if (outbox.isDisposed) {
      const facts = { outbox: outbox.id, attemptId, costNanoUsd: record.costNanoUsd?.toString() };
      this.#options.log.warn(facts, 'an attempt ended after the outbox: the next process books what it held');
    }
  }

  /** Where each outbox stands. */
  positions(): OutboxPosition[] {
    return this.#running.map(({ outbox: { id, lastSequence, closed } }) => ({
      outboxId: id,
      lastSequence,
      closed,
    }));
  }

  /** Takes note of how far the ledger has an outbox. */
  cover(outboxId: string, watermark: number): void {
    const found = this.#running.find(({ outbox }) => outbox.id === outboxId);
    if (found === undefined) return;
    const nowMs = this.#options.clock.wallMs();
    found.outbox.cover(watermark, nowMs);
    found.publisher.onWatermark(watermark, this.#options.clock.monotonicMs());
    if (found !== this.#own && found.outbox.isSpent(nowMs)) void this.#remove(found);
  }

  /** Whether the ledger has everything. */
  get isCovered(): boolean {
    return this.#running.every(({ outbox }) => outbox.watermark >= outbox.lastSequence);
  }

  /**
   * Says that this process adds nothing any more. Call it when no attempt is under way: with one, or where the disk takes
   * no more, the outbox stays open, and the next process closes it.
   */
  closeOwn(): void {
    const { outbox } = this.#own;
    this.#writeUnwritten();
    try {
      outbox.close();
    } catch (error) {
      this.#options.log.warn({ err: error, outbox: outbox.id }, 'the outbox could not be closed');
    }
    outbox.sync();
  }

  async dispose(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#lookingTimer);
    await this.#looking;
    await Promise.all(this.#running.map(({ publisher }) => publisher.stop()));
    for (const { outbox } of this.#running) outbox.dispose();
  }

  /** Takes over what was locked at the start: in a rolling update the process before may end later. */
  async #lookAgain(): Promise<void> {
    const known = this.#running.map(({ outbox }) => outbox);
    try {
      const recovered = await recoverOutboxes(this.#options.outbox, known);
      for (const taken of recovered) this.#running.push(startRecovered(this.#options, taken));
    } catch (error) {
      this.#options.log.warn({ err: error }, 'outboxes of other processes cannot be looked for now');
    }
  }

  #tick(): void {
    this.#writeUnwritten();
    this.#own.outbox.sync();
  }

  #writeUnwritten(): void {
    const { outbox, publisher } = this.#own;
    if (outbox.retryUnwritten().length > 0) publisher.poke();
  }

  async #remove(spent: Running): Promise<void> {
    this.#running = this.#running.filter((running) => running !== spent);
    await spent.publisher.stop();
    try {
      spent.outbox.remove();
    } catch (error) {
      this.#options.log.warn(
        { err: error, outbox: spent.outbox.id },
        'the files of an outbox that the ledger has whole could not be removed',
      );
    }
  }
}

/** Tells of an outbox that was taken over, and sends what the ledger lacks of it. */
function startRecovered(
  options: UsageOutboxesOptions,
  { outbox, unresolved, tornBytes, abandoned }: RecoveredOutbox,
): Running {
  const facts = { outbox: outbox.id, lastSequence: outbox.lastSequence, unresolved, tornBytes };
  if (abandoned.length === 0 && tornBytes === 0)
    options.log.info(facts, 'took over the outbox of a process that is gone');
  else if (abandoned.length === 0)
    options.log.warn(
      facts,
      'took over an outbox whose end cannot be read; what was written there is cut off',
    );
  else {
    const told = { ...facts, abandoned: abandoned.length, attemptIds: abandoned.slice(0, TOLD_ATTEMPTS) };
    options.log.error(told, 'the machine was down: the ledger may lack these attempts; see the invoice');
  }
  return startRunning(options, outbox);
}

/** Most attempts that a line of the log names. */
const TOLD_ATTEMPTS = 100;

const startRunning = (options: UsageOutboxesOptions, outbox: Outbox): Running => ({
  outbox,
  publisher: startPublisher(options, outbox),
});

function startPublisher(options: UsageOutboxesOptions, outbox: Outbox): OutboxPublisher {
  const { bus, names, log, publish, ensureStream, onPublished } = options;
  const publisher = new OutboxPublisher({
    outbox,
    bus,
    names,
    log,
    publish,
    ensureStream,
    onPublished: (records) => {
      onPublished(records.length);
      for (const record of records) tracePublish(record);
    },
  });
  return publisher;
}

/** One span for each traced record, so that its trace goes on into the ledger. */
function tracePublish({ usage }: UsageToPublish): void {
  if (!isTracing()) return;
  const { traceparent, attemptId } = UsageRecord.decode(usage);
  if (traceparent === '') return;
  endSpan(
    startSpan('publish usage', {
      traceparent,
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.system': 'nats', 'switchyard.attempt_id': attemptId },
    }),
  );
}
