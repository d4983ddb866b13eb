import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import { overdraftsOf } from '../domain/intake/overdrafts-of.ts';
import {
  type NamelessPoison,
  type NumberedRecord,
  readUsageBatch,
} from '../domain/intake/read-usage-batch.ts';
import type { CostEvents } from '../events.ts';
import type { Ledger, UsageMessage } from '../ports.ts';

export interface UsageIntakeOptions {
  readonly ledger: Ledger;
  readonly events: CostEvents;
  readonly clock: Clock;
  readonly log: Logger;
  /** Records that make a batch full. */
  readonly batchRecords: number;
  /** How long the first record of a batch waits for others, in milliseconds. */
  readonly batchWaitMs: number;
}

/** Messages that are committed together. */
interface Gathering {
  readonly messages: { readonly message: UsageMessage; readonly readable: boolean }[];
  readonly records: NumberedRecord[];
  readonly nameless: NamelessPoison[];
}

/**
 * Transactions at once. Those of one outbox wait for each other in the database; two keep this process busy reading the
 * next batch meanwhile. More showed no gain.
 */
const MAX_COMMITS = 2;
const RETRY_BASE_MS = 250;
const RETRY_MAX_MS = 5_000;

/**
 * Gathers messages into batches and commits them: acknowledged after the commit, asked for again when it failed,
 * ended when nobody can read them. Holds at most a batch and the transactions under way; {@link take} waits meanwhile.
 */
export class UsageIntake {
  readonly #options: UsageIntakeOptions;
  #gathering: Gathering = emptyGathering();
  #timer: NodeJS.Timeout | undefined;
  #commits = 0;
  #failuresInARow = 0;
  #onChange: (() => void)[] = [];
  #draining = false;

  constructor(options: UsageIntakeOptions) {
    this.#options = options;
  }

  /** Takes a message; waits while a full batch waits. */
  async take(message: UsageMessage): Promise<void> {
    while (this.#isFull()) await this.#change();
    const { records, nameless, readable } = readUsageBatch(message.data, this.#options.clock.wallMs());
    this.#gathering.messages.push({ message, readable });
    this.#gathering.records.push(...records);
    this.#gathering.nameless.push(...nameless);
    if (this.#isFull()) this.#commitIfPossible();
    else this.#timer ??= setTimeout(() => this.#due(), this.#options.batchWaitMs);
  }

  /** Commits what was taken and waits until nothing is under way. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#commitIfPossible();
    while (this.#commits > 0 || this.#gathering.messages.length > 0) await this.#change();
    this.#draining = false;
  }

  #isFull(): boolean {
    return this.#gathering.records.length >= this.#options.batchRecords;
  }

  #due(): void {
    this.#timer = undefined;
    this.#commitIfPossible();
  }

  #commitIfPossible(): void {
    if (this.#commits >= MAX_COMMITS || this.#gathering.messages.length === 0) return;
    const batch = this.#gathering;
    this.#gathering = emptyGathering();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#commits++;
    this.#changed();
    void this.#commit(batch).finally(() => {
      this.#commits--;
      // What gathered meanwhile has waited long enough, unless its own timer is still to come.
      if (this.#draining || this.#timer === undefined || this.#isFull()) this.#commitIfPossible();
      this.#changed();
    });
  }

  async #commit(batch: Gathering): Promise<void> {
    const { ledger, events, clock, log } = this.#options;
    const startedAtMs = clock.wallMs();
    try {
      const committed = await ledger.commit(batch);
      const committedAtMs = clock.wallMs();
      this.#failuresInARow = 0;
      for (const { message, readable } of batch.messages) {
        if (readable) message.ack();
        else message.term('quarantined');
      }
      this.#tellOverdrafts(committed.entries);
      const sentAtMs = batch.messages.map(({ message }) => message.sentAtMs);
      events.committed({ committed, sentAtMs, startedAtMs, committedAtMs });
    } catch (error) {
      const delayMs = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(10, this.#failuresInARow++));
      log.warn({ err: error, messages: batch.messages.length, delayMs }, 'usage could not be committed');
      events.failed();
      for (const { message } of batch.messages) message.nak(delayMs);
      // The transaction's place stays taken: while the database is away, little is asked of it and of the bus.
      if (!this.#draining) await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  /** One line for all of a batch. */
  #tellOverdrafts(entries: readonly NumberedRecord[]): void {
    const overdrafts = overdraftsOf(entries);
    const [first] = overdrafts;
    if (first === undefined) return;
    const { tenant, attemptId, provider, model, amountNanoUsd, holdNanoUsd } = first;
    const amounts = { amountNanoUsd: String(amountNanoUsd), holdNanoUsd: String(holdNanoUsd) };
    this.#options.log.error(
      { overdrafts: overdrafts.length, first: { tenant, attemptId, provider, model, ...amounts } },
      'answers have cost more than was held for them: the hold was no upper bound',
    );
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#onChange.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#onChange.splice(0)) resolve();
  }
}

const emptyGathering = (): Gathering => ({ messages: [], records: [], nameless: [] });
