import { LeaseServiceClient, PriceServiceClient } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, type Logger, openGrpcClient } from '@switchyard/service-kit';
import type { PriceBook } from '../domain/snapshot/build-snapshot.ts';
import type { UsageOutboxes } from '../outbox/usage-outboxes.ts';
import { priceBookOf } from './price-book-message.ts';

export interface CostAccountingLinkOptions {
  readonly target: GrpcTarget;
  readonly replica: string;
  readonly outboxes: UsageOutboxes;
  readonly onPrices: (priceBook: PriceBook) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 1_000;
/** While draining, the end is waited for. */
const DRAINING_EVERY_MS = 100;
const TIMEOUT_MS = 2_000;
/** After this long without an answer it counts as away. */
const AWAY_MS = 5_000;

/** The one exchange with cost-accounting, once a second: positions up, watermarks and the price book's version down. */
export class CostAccountingLink {
  readonly #options: CostAccountingLinkOptions;
  readonly #leases: LeaseServiceClient;
  readonly #prices: PriceServiceClient;
  #priceVersion = '';
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: CostAccountingLinkOptions) {
    this.#options = options;
    this.#leases = openGrpcClient(LeaseServiceClient, options.target);
    this.#prices = openGrpcClient(PriceServiceClient, options.target);
    this.#schedule(0);
  }

  /** Whether it has answered lately. */
  get isUp(): boolean {
    return this.#options.clock.monotonicMs() - this.#answeredAtMs < AWAY_MS;
  }

  /** Waits until the ledger has everything, at most so long. @returns whether it has */
  async drain(graceMs: number): Promise<boolean> {
    const { clock, outboxes } = this.#options;
    const untilMs = clock.monotonicMs() + graceMs;
    while (clock.monotonicMs() < untilMs) {
      await this.#renew();
      if (outboxes.isCovered && this.isUp) return true;
      await new Promise((resolve) => setTimeout(resolve, DRAINING_EVERY_MS));
    }
    return outboxes.isCovered;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    this.#leases.close();
    this.#prices.close();
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew().finally(() => this.#schedule(EVERY_MS));
    }, ms);
  }

  async #renew(): Promise<void> {
    const { target, replica, outboxes, clock, log } = this.#options;
    try {
      const { watermarks, priceVersion } = await callUnary({
        method: this.#leases.renewLeases.bind(this.#leases),
        request: {
          replica,
          outboxes: outboxes.positions().map(({ outboxId, lastSequence, closed }) => ({
            outboxId,
            lastSequence: BigInt(lastSequence),
            closed,
          })),
          owner: '',
          leases: [],
          asks: [],
          budgetVersion: '',
        },
        target,
        timeoutMs: TIMEOUT_MS,
      });
      this.#answeredAtMs = clock.monotonicMs();
      for (const { outboxId, committedSequence } of watermarks)
        outboxes.cover(outboxId, Number(committedSequence));
      if (priceVersion !== this.#priceVersion) await this.#loadPrices();
    } catch (error) {
      if (this.isUp) log.warn({ err: error }, 'cost-accounting does not answer; usage waits in the outbox');
    }
  }

  async #loadPrices(): Promise<void> {
    const response = await callUnary({
      method: this.#prices.getPriceBook.bind(this.#prices),
      request: { knownVersion: this.#priceVersion },
      target: this.#options.target,
      timeoutMs: 10_000,
    });
    if (response.version === this.#priceVersion) return;
    this.#priceVersion = response.version;
    this.#options.onPrices(priceBookOf(response));
  }
}
