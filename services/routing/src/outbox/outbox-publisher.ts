import type { BusNames } from '@switchyard/contracts';
import { encodeMessage } from '@switchyard/contracts/encode-message';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import type { Bus, Logger } from '@switchyard/service-kit';
import type { NumberedUsage, Outbox } from './outbox.ts';

export interface OutboxPublisherOptions {
  readonly outbox: Outbox;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly log: Logger;
  /** Hands a message to the stream; resolves when the stream has it. */
  readonly publish: PublishUsage;
  /** Makes or repairs the stream. */
  readonly ensureStream: () => Promise<void>;
  /** Told of every batch that the bus has. */
  readonly onPublished?: (records: readonly UsageToPublish[]) => void;
}

/** One message for the usage stream. */
export interface UsageMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** The same for the same records. */
  readonly id: string;
  /** Whether the broker may drop it as a duplicate of one with the same id. */
  readonly isDeduplicated: boolean;
}

/** Hands a message to the stream; resolves when the stream has it. */
export type PublishUsage = (message: UsageMessage) => Promise<void>;

/** A numbered record and whose it is. */
export interface UsageToPublish extends NumberedUsage {
  readonly tenant: string;
}

/** Most records of one message. */
const BATCH_RECORDS = 64;
/** How long a record may wait for others. */
const BATCH_MS = 20;
/** Messages that may be under way without an answer. */
const WINDOW = 256;
/** Records kept in memory for sending; what is older is read back from the file. */
const MAX_QUEUE = 50_000;
/** Records read back at once. */
const READ_RECORDS = 4_096;
/** How long the ledger may stand still before what it lacks is sent again. */
const STALL_MS = 30_000;
const RETRY_MS = 500;

/**
 * Sends an outbox's numbered records to the usage stream, at least once, in order of their numbers where nothing fails.
 * Whatever the ledger's watermark does not reach is sent again: the stream, its messages and the broker's memory of
 * duplicates may all be lost without harm.
 */
export class OutboxPublisher {
  readonly #options: OutboxPublisherOptions;
  /** The next number to send. */
  #cursor: number;
  #queue: UsageToPublish[] = [];
  /** Records up to this number are sent without a message id: the broker must not drop them as duplicates. */
  #withoutIdUpTo = 0;
  #stalledSince: { readonly watermark: number; readonly atMs: number } | undefined;
  #underWay = 0;
  /** The lowest number that the stream did not take, and why. */
  #failed: { readonly sequence: number; readonly error: unknown } | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;
  readonly #running: Promise<void>;

  constructor(options: OutboxPublisherOptions) {
    this.#options = options;
    this.#cursor = options.outbox.watermark + 1;
    this.#running = this.#run();
  }

  /** Number of the next record to be sent. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Takes a new record for sending. */
  offer(record: UsageToPublish): void {
    const expected = this.#queue.at(-1)?.sequence ?? record.sequence - 1;
    // A gap in memory is closed from the file.
    if (record.sequence !== expected + 1 || this.#queue.length >= MAX_QUEUE) this.#queue = [];
    this.#queue.push(record);
    if (this.#queue.length === 1 || this.#queue.length === BATCH_RECORDS) this.#wake?.();
  }

  /** Wakes the sender: there is something in the file that was never offered. */
  poke(): void {
    this.#wake?.();
  }

  /**
   * Takes note of how far the ledger is. What it has is not sent; where it has stood still below what was sent, the rest
   * is sent again. Call it only with an answer of a ledger that is up: while it is down nothing is lost by waiting.
   */
  onWatermark(watermark: number, nowMs: number): void {
    const behind = watermark < this.#cursor - 1;
    if (!behind) {
      this.#stalledSince = undefined;
      // After a recovery: what was sent before may be gone from the files, too.
      this.#cursor = Math.min(watermark, this.#options.outbox.lastSequence) + 1;
      return;
    }
    if (this.#stalledSince?.watermark !== watermark) {
      this.#stalledSince = { watermark, atMs: nowMs };
      return;
    }
    if (nowMs - this.#stalledSince.atMs < STALL_MS) return;
    this.#options.log.warn(
      { outbox: this.#options.outbox.id, watermark, sent: this.#cursor - 1 },
      'the ledger lacks usage that was sent; sending it again',
    );
    this.#stalledSince = undefined;
    this.#withoutIdUpTo = this.#cursor - 1;
    this.#rewind(watermark + 1);
  }

  /** Stops sending; what is under way may still arrive. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#step();
      } catch (error) {
        this.#options.log.warn(
          { err: error, outbox: this.#options.outbox.id },
          'usage could not be sent; trying again',
        );
        await this.#sleep(RETRY_MS);
      }
    }
  }

  async #step(): Promise<void> {
    if (this.#failed !== undefined) {
      const { sequence, error } = this.#failed;
      this.#failed = undefined;
      this.#options.log.warn(
        { err: error, outbox: this.#options.outbox.id, sequence },
        'the stream did not take usage; trying again',
      );
      this.#rewind(sequence);
      await this.#sleep(RETRY_MS);
      if (this.#options.bus.isConnected) await this.#options.ensureStream();
    }
    const { outbox, bus } = this.#options;
    if (this.#cursor > outbox.lastSequence || this.#underWay >= WINDOW) return this.#idle();
    if (!bus.isConnected) return this.#sleep(RETRY_MS);
    if (this.#queue.length > 0 && this.#queue.length < BATCH_RECORDS) await this.#sleep(BATCH_MS);
    const first = this.#cursor;
    const records = await this.#next(first);
    // The ledger has spoken meanwhile: what was read is not what is next.
    if (this.#cursor !== first) return;
    for (const batch of inBatches(records)) this.#send(batch);
    this.#cursor += records.length;
  }

  /** The records from a number on: from memory, or from the file where memory does not reach back. */
  async #next(from: number): Promise<UsageToPublish[]> {
    const inMemory = this.#queue[0]?.sequence;
    if (inMemory !== undefined && inMemory < from) this.#queue.splice(0, from - inMemory);
    if (this.#queue[0]?.sequence === from) return this.#queue.splice(0, READ_RECORDS);
    const limit = Math.min(READ_RECORDS, (this.#queue[0]?.sequence ?? Number.MAX_SAFE_INTEGER) - from);
    const read = await this.#options.outbox.read(from, limit);
    if (read[0]?.sequence !== from) {
      throw new Error(`the outbox lacks record ${from}; the next one is ${read[0]?.sequence}`);
    }
    return read.map((record) => ({ ...record, tenant: UsageRecord.decode(record.usage).tenant }));
  }

  #send(batch: readonly [UsageToPublish, ...UsageToPublish[]]): void {
    const { outbox, publish, names } = this.#options;
    const [{ sequence, tenant }] = batch;
    const records = batch.map((record) => ({
      sequence: BigInt(record.sequence),
      record: record.usage as Buffer,
    }));
    const payload = encodeMessage(UsageBatch, { outboxId: outbox.id, records });
    const id = `${outbox.id}:${sequence}:${batch.at(-1)?.sequence}`;
    this.#underWay++;
    publish({ subject: names.usage(tenant), payload, id, isDeduplicated: sequence > this.#withoutIdUpTo })
      .then(() => this.#options.onPublished?.(batch))
      .catch((error: unknown) => {
        if (this.#failed === undefined || sequence < this.#failed.sequence)
          this.#failed = { sequence, error };
      })
      .finally(() => {
        this.#underWay--;
        this.#wake?.();
      });
  }

  #rewind(sequence: number): void {
    this.#cursor = Math.min(this.#cursor, sequence);
    this.#wake?.();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#stopped || this.#failed !== undefined) resolve();
    });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** Groups records by tenant, at most {@link BATCH_RECORDS} each, the order of numbers kept inside a tenant. */
function* inBatches(
  records: readonly UsageToPublish[],
): Generator<readonly [UsageToPublish, ...UsageToPublish[]]> {
  for (const ofTenant of Map.groupBy(records, ({ tenant }) => tenant).values()) {
    for (let i = 0; i < ofTenant.length; i += BATCH_RECORDS) {
      yield ofTenant.slice(i, i + BATCH_RECORDS) as [UsageToPublish, ...UsageToPublish[]];
    }
  }
}
