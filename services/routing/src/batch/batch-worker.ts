import { randomUUID } from 'node:crypto';
import { ServiceError } from '@switchyard/kernel';
import type { Drainable } from '@switchyard/service-kit';
import type { LeasedBatch } from '../adapters/postgres-batch-work.ts';
import { batchToLeave } from '../domain/batch/batch-to-leave.ts';
import type { BatchContext } from './batch-context.ts';
import { HeldLease } from './held-lease.ts';
import { runBatch } from './run-batch.ts';

/** How often it looks for batches that nobody works on. */
const LOOK_MS = 1_000;
/** Most batches that it works on at once. */
const MOST_BATCHES = 4;

/** Works on batches behind the requests: each is leased to one replica, and taken over by another one where that dies. */
export class BatchWorker implements Drainable {
  readonly #context: BatchContext;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Map<HeldLease, Promise<void>>();
  #looking: Promise<void> | undefined;
  #isStopping = false;

  constructor(context: BatchContext) {
    this.#context = context;
    context.events.watchBatches(() => this.#running.size);
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Lets lines under way end, at most for the time given, and gives the batches to other replicas. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#looking;
    for (const lease of this.#running.keys()) lease.leave();
    const force = setTimeout(() => {
      for (const lease of this.#running.keys()) lease.lose();
    }, graceMs);
    await Promise.all(this.#running.values());
    clearTimeout(force);
  }

  #look(): void {
    this.#looking ??= this.#leaseAll().finally(() => {
      this.#looking = undefined;
    });
  }

  async #leaseAll(): Promise<void> {
    try {
      while (this.#running.size < MOST_BATCHES && !this.#isStopping) {
        const leased = await this.#context.work.lease(randomUUID());
        if (leased === undefined) return;
        this.#run(leased);
      }
      if (!this.#isStopping) await this.#makeRoom();
    } catch (error) {
      this.#tell(error, 'batches cannot be looked for now; tried again');
    }
  }

  /** Leaves a batch for those that wait, one at a time: what it frees is seen at the next look. */
  async #makeRoom(): Promise<void> {
    const leases = [...this.#running.keys()];
    if (leases.some(({ isLeft }) => isLeft)) return;
    batchToLeave(leases, await this.#context.work.waiting())?.leave();
  }

  #run(leased: LeasedBatch): void {
    const lease = new HeldLease(leased, this.#context);
    const running = runBatch(lease, this.#context)
      .catch((error: unknown) => this.#tell(error, 'work on a batch broke off; its lease runs out'))
      .finally(() => {
        lease[Symbol.dispose]();
        this.#running.delete(lease);
      });
    this.#running.set(lease, running);
  }

  /** A database that is away is told of elsewhere. */
  #tell(error: unknown, text: string): void {
    const isAway = error instanceof ServiceError && error.code === 'UNAVAILABLE';
    this.#context.log[isAway ? 'debug' : 'error']({ err: error }, text);
  }
}
