import { type Decision, DecisionOutcome } from '@switchyard/contracts/routing';
import type { Random } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { DecisionLog } from '../ports.ts';
import { decodeDecision, type EncodedDecision, encodeDecision } from './encoded-decision.ts';
import type { PostgresDecisions } from './postgres-decisions.ts';

export interface DecisionRecorderOptions {
  readonly store: PostgresDecisions;
  readonly random: Random;
  /** Permille of plain successes that are kept; everything else always is. */
  readonly samplePermille: number;
  readonly retentionMs: number;
  readonly log: Logger;
  readonly onDropped: (count: number) => void;
}

/** Decisions that may wait for the database. */
const MAX_QUEUE = 20_000;
const BATCH = 500;
const FLUSH_MS = 200;
const RETRY_MS = 1_000;
const CLEAN_MS = 60_000;
/** Most rounds of one cleaning: half a million decisions. */
const CLEAN_ROUNDS = 50;

/** Stores decisions behind the requests' back, in batches. While the database is away a bounded number waits. */
export class DecisionRecorder implements DecisionLog {
  readonly #options: DecisionRecorderOptions;
  readonly #waiting = new Map<string, EncodedDecision>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  readonly #cleaner: NodeJS.Timeout;

  constructor(options: DecisionRecorderOptions) {
    this.#options = options;
    this.#cleaner = setInterval(() => void this.#clean(), CLEAN_MS).unref();
  }

  record(decision: Decision): void {
    const { samplePermille, random, onDropped } = this.#options;
    if (isPlain(decision)) {
      if (samplePermille < 1000 && random() * 1000 >= samplePermille) return;
      decision.samplePermille = samplePermille;
    }
    if (this.#waiting.size >= MAX_QUEUE && !this.#makeRoom()) {
      onDropped(1);
      return;
    }
    this.#waiting.set(decision.requestId, encodeDecision(decision));
    this.#schedule(FLUSH_MS);
  }

  /** A decision of a tenant that waits to be stored. */
  peek(tenant: string, requestId: string): Decision | undefined {
    const decision = this.peekOfAny(requestId);
    return decision?.tenant === tenant ? decision : undefined;
  }

  /** A decision of whatever tenant that waits to be stored: for the installation only. */
  peekOfAny(requestId: string): Decision | undefined {
    const waiting = this.#waiting.get(requestId);
    return waiting && decodeDecision(waiting);
  }

  /** Stores what waits, as far as the database takes it. */
  async dispose(): Promise<void> {
    clearInterval(this.#cleaner);
    clearTimeout(this.#timer);
    await this.#flushing;
    // A flush that failed has asked for another.
    clearTimeout(this.#timer);
    await this.#flush();
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined || this.#flushing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flushing = this.#flush().then((outcome) => {
        this.#flushing = undefined;
        if (this.#waiting.size > 0) this.#schedule(outcome === 'stored' ? FLUSH_MS : RETRY_MS);
      });
    }, ms);
  }

  async #flush(): Promise<'stored' | 'failed'> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values().take(BATCH)];
      try {
        await this.#store(batch);
      } catch (error) {
        this.#options.log.warn(
          { err: error, waiting: this.#waiting.size },
          'decisions cannot be stored now; trying again',
        );
        return 'failed';
      }
      for (const { requestId } of batch) this.#waiting.delete(requestId);
    }
    return 'stored';
  }

  /** Leaves out what the database will never take: all else would wait for it. */
  async #store(batch: readonly EncodedDecision[]): Promise<void> {
    const { store, log, onDropped } = this.#options;
    try {
      await store.insert(batch);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      if (batch.length === 1) {
        log.error(
          { err: error, requestId: batch[0]?.requestId },
          'a decision cannot be stored; it is left out',
        );
        onDropped(1);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.#store(batch.slice(0, half));
      await this.#store(batch.slice(half));
    }
  }

  /** A plain success gives way. */
  #makeRoom(): boolean {
    for (const [requestId, decision] of this.#waiting) {
      if (!isPlain(decision)) continue;
      this.#waiting.delete(requestId);
      this.#options.onDropped(1);
      return true;
    }
    return false;
  }

  async #clean(): Promise<void> {
    const { store, retentionMs, log } = this.#options;
    try {
      const before = new Date(Date.now() - retentionMs);
      for (let round = 0; round < CLEAN_ROUNDS; round++)
        if ((await store.removeOlderThan(before)) === 'none left') return;
    } catch (error) {
      log.warn({ err: error }, 'old decisions cannot be removed now');
    }
  }
}

/** Whether it is a success as most are. */
const isPlain = ({ outcome }: Pick<Decision, 'outcome'>): boolean =>
  outcome === DecisionOutcome.COMPLETE || outcome === DecisionOutcome.CACHED;

/** Whether the database has refused what was to be stored (SQLSTATE class 22) and would do so again. */
const isRefusedData = (error: unknown): boolean => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^22/.test(code);
};
