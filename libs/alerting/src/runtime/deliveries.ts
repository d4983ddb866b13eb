import { setTimeout as pause } from 'node:timers/promises';
import { type Random, ServiceError } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { ClaimedDelivery } from '../adapters/deliveries/claim-deliveries.ts';
import { afterAttempt, type DeliveryNext, type DeliveryOutcome } from '../domain/delivery-plan.ts';

/** What tells receivers stands on. @typeParam D what a service knows of a delivery */
export interface DeliveriesOptions<D extends ClaimedDelivery> {
  /** Whether this replica may tell anybody now. */
  readonly mayTell: () => boolean;
  /** Takes deliveries that are due, each for one try. */
  readonly claim: (limit: number) => Promise<readonly D[]>;
  /** Tells NATS or a receiver once. Never rejects. */
  readonly tell: (due: D) => Promise<DeliveryOutcome>;
  /** Keeps what came of a try. */
  readonly settle: (id: string, next: DeliveryNext) => Promise<void>;
  /** A try has ended. */
  readonly told: (due: D, outcome: DeliveryNext['kind']) => void;
  readonly random: Random;
  readonly log: Logger;
}

const EVERY_MS = 1_000;
/** Told at once. Each has its time limit: ten seconds, and as many as it takes to keep what came of it. */
const AT_ONCE = 20;
/** What came of a try is kept within this time, or told once more: with the try and a slow statement it is less than a try's lease. */
const SETTLE_MS = 5_000;
const SETTLE_PAUSE_MS = 500;

/** Tells receivers what is due. */
export class AlertDeliveries<D extends ClaimedDelivery> {
  readonly #options: DeliveriesOptions<D>;
  readonly #loop: Loop;

  constructor(options: DeliveriesOptions<D>) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#turn() });
  }

  /** Something is due: tells soon. */
  wake(): void {
    this.#loop.wake();
  }

  /** Waits for those who are being told: each has its time limit. */
  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<void> {
    const { mayTell, claim, log } = this.#options;
    if (!mayTell()) return;
    try {
      const due = await claim(AT_ONCE);
      const tries = await Promise.allSettled(due.map((one) => this.#try(one)));
      for (const tried of tries) if (tried.status === 'rejected') throw tried.reason;
      if (due.length === AT_ONCE) this.#loop.wake();
    } catch (error) {
      log.warn({ err: error }, 'alerts cannot be told of; trying again');
    }
  }

  async #try(due: D): Promise<void> {
    const { tell, told, random, log } = this.#options;
    const outcome = await tell(due);
    const next = afterAttempt(outcome, { attempts: due.attempts, random });
    told(due, next.kind);
    if (next.kind !== 'delivered') {
      const { id, receiverId: receiver, attempts } = due;
      log.warn(
        { delivery: id, receiver, attempts, reason: next.reason, next: next.kind },
        'a receiver was not told',
      );
    }
    await this.#settle(due.id, next);
  }

  async #settle(id: string, next: DeliveryNext): Promise<void> {
    const over = AbortSignal.timeout(SETTLE_MS);
    for (;;) {
      try {
        await this.#options.settle(id, next);
        return;
      } catch (error) {
        const isForNow = error instanceof ServiceError && error.retryable;
        if (!isForNow || over.aborted) throw error;
      }
      await pause(SETTLE_PAUSE_MS);
    }
  }
}
