import { afterAttempt, type DeliveryOutcome } from '@switchyard/alerting';
import type { Random } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { HealthProbeEvents } from '../events.ts';
import type { AlertStore, AlertTeller, DueDelivery, LeaseHolder } from '../ports.ts';
import type { Leadership } from './leadership.ts';
import { Loop } from './loop.ts';

export interface AlertDeliveriesOptions {
  readonly store: AlertStore;
  readonly teller: AlertTeller;
  readonly holder: LeaseHolder;
  readonly leadership: Leadership;
  readonly events: HealthProbeEvents;
  readonly random: Random;
  readonly log: Logger;
}

const EVERY_MS = 1_000;
/** Told at once. Each has its time limit, so that one that hangs holds the others up for ten seconds at the most. */
const AT_ONCE = 20;

/** Tells receivers what is due, on the leading replica only. */
export class AlertDeliveries {
  readonly #options: AlertDeliveriesOptions;
  readonly #loop: Loop;

  constructor(options: AlertDeliveriesOptions) {
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
    const { store, holder, leadership, log } = this.#options;
    if (!leadership.isLeader) return;
    try {
      const due = await store.claim(holder, AT_ONCE);
      await Promise.all(due.map((one) => this.#try(one)));
      if (due.length === AT_ONCE) this.#loop.wake();
    } catch (error) {
      log.warn({ err: error }, 'alerts cannot be told of; trying again');
    }
  }

  async #try(due: DueDelivery): Promise<void> {
    const { store, events, random, log } = this.#options;
    const outcome = await this.#tell(due);
    const next = afterAttempt(outcome, { attempts: due.attempts, random });
    events.told(due.receiver?.target.kind ?? 'nats', next.kind);
    if (next.kind !== 'delivered') {
      const { id, receiverId: receiver, attempts } = due;
      log.warn(
        { delivery: id, receiver, attempts, reason: next.reason, next: next.kind },
        'a receiver was not told',
      );
    }
    await store.settle(due.id, next);
  }

  #tell({ id, receiverId, receiver, notice }: DueDelivery): Promise<DeliveryOutcome> {
    const { teller } = this.#options;
    if (receiverId === '') return teller.publish({ id, notice });
    if (receiver !== undefined) return teller.tell({ id, receiver, notice });
    return Promise.resolve({ kind: 'failed', isFinal: true, reason: 'there is no such receiver' });
  }
}
