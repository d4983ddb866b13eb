import { LeaseServiceClient, PriceServiceClient, type RenewLeasesResponse } from '@switchyard/contracts/cost';
import { type Clock, ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, type Logger, openGrpcClient } from '@switchyard/service-kit';
import { EMPTY_BOOK } from '../domain/budget/budget-book.ts';
import type { PriceBook } from '../domain/snapshot/snapshot-parts.ts';
import type { UsageOutboxes } from '../outbox/usage-outboxes.ts';
import type { BudgetLeases, LeaseTurn } from '../runtime/budgets/budget-leases.ts';
import { Turns } from '../runtime/turns.ts';
import { budgetBookOf } from './budget-book-message.ts';
import type { KeptBudgetBooks } from './kept-budget-books.ts';
import { leaseAnswerOf, leasesMessage } from './lease-messages.ts';
import { priceBookOf } from './price-book-message.ts';

export interface CostAccountingLinkOptions {
  readonly target: GrpcTarget;
  readonly replica: string;
  readonly outboxes: Pick<UsageOutboxes, 'positions' | 'cover' | 'isCovered'>;
  readonly leases: BudgetLeases;
  readonly books: Pick<KeptBudgetBooks, 'save'>;
  readonly onPrices: (priceBook: PriceBook) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 1_000;
/** While draining, the end is waited for. */
const DRAINING_EVERY_MS = 100;
const TIMEOUT_MS = 2_000;
const LOAD_TIMEOUT_MS = 10_000;
/** Clocks drift, and may be set: cost-accounting's time is asked for again. */
const READ_AGAIN_MS = 60_000;
/** After this long without an answer it counts as away. */
const AWAY_MS = 5_000;

/**
 * The one exchange with cost-accounting, once a second and whenever an attempt waits for leases, one at a time: positions and leases
 * up, watermarks, grants and the versions of the price book and the budgets down.
 */
export class CostAccountingLink {
  readonly #options: CostAccountingLinkOptions;
  readonly #leases: LeaseServiceClient;
  readonly #prices: PriceServiceClient;
  readonly #exchanges = new Turns(() => this.#exchange());
  readonly #priceLoads = new Turns(() => this.#attemptTo('read the prices', () => this.#loadPrices()));
  readonly #bookLoads = new Turns(() => this.#attemptTo('read the budgets', () => this.#loadBudgets()));
  #priceVersion = '';
  /** The latest versions that it told of; undefined before it answered. */
  #told: Pick<RenewLeasesResponse, 'priceVersion' | 'budgetVersion'> | undefined;
  #bookReadAtMs = Number.NEGATIVE_INFINITY;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: CostAccountingLinkOptions) {
    this.#options = options;
    this.#leases = openGrpcClient(LeaseServiceClient, options.target);
    this.#prices = openGrpcClient(PriceServiceClient, options.target);
    options.leases.onWanted(() => void this.#exchanges.take());
    this.#schedule(0);
  }

  /** Whether it has answered lately. */
  get isUp(): boolean {
    return this.#options.clock.monotonicMs() - this.#answeredAtMs < AWAY_MS;
  }

  /** Returns once the budgets in force are known, or cost-accounting has not answered. */
  async begin(): Promise<void> {
    await this.#exchanges.take();
    if (this.#budgetsAreOld) await this.#bookLoads.take();
  }

  /** Gives back all that is unused of budgets. Call it when no attempt is under way. */
  async returnLeases(): Promise<void> {
    this.#options.leases.recallAll();
    await this.#exchanges.take();
  }

  /** Waits until the ledger has everything, at most so long. @returns whether it has */
  async drain(graceMs: number): Promise<boolean> {
    const { clock, outboxes } = this.#options;
    const untilMs = clock.monotonicMs() + graceMs;
    while (clock.monotonicMs() < untilMs) {
      await this.#exchanges.take();
      if (outboxes.isCovered && this.isUp) return true;
      await new Promise((resolve) => setTimeout(resolve, DRAINING_EVERY_MS));
    }
    return outboxes.isCovered;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#options.leases.onWanted(() => undefined);
    await Promise.all([this.#exchanges.ended(), this.#priceLoads.ended(), this.#bookLoads.ended()]);
    this.#leases.close();
    this.#prices.close();
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#exchanges.take().finally(() => this.#schedule(EVERY_MS)), ms);
  }

  /** Whether another book is in force, or the time by which its windows end was not told for long. */
  get #budgetsAreOld(): boolean {
    const { leases, clock } = this.#options;
    if (this.#told === undefined) return false;
    if (this.#told.budgetVersion !== leases.version) return true;
    return leases.hasBudgets && clock.monotonicMs() - this.#bookReadAtMs >= READ_AGAIN_MS;
  }

  async #exchange(): Promise<void> {
    const { leases, log } = this.#options;
    const turn = leases.plan();
    try {
      this.#take(turn, await this.#renew(turn));
    } catch (error) {
      if (this.isUp) log.warn({ err: error }, 'cost-accounting does not answer; usage waits in the outbox');
      leases.failed(turn);
    }
  }

  #take(turn: LeaseTurn, response: RenewLeasesResponse): void {
    const { outboxes, leases, clock } = this.#options;
    this.#answeredAtMs = clock.monotonicMs();
    this.#told = response;
    leases.apply(turn, leaseAnswerOf(response));
    if (response.priceVersion !== this.#priceVersion) void this.#priceLoads.take();
    if (this.#budgetsAreOld) void this.#bookLoads.take();
    for (const { outboxId, committedSequence } of response.watermarks)
      outboxes.cover(outboxId, Number(committedSequence));
  }

  #renew({ told }: LeaseTurn): Promise<RenewLeasesResponse> {
    const { target, replica, outboxes, leases } = this.#options;
    return callUnary({
      method: this.#leases.renewLeases.bind(this.#leases),
      request: {
        replica,
        outboxes: outboxes.positions().map(({ outboxId, lastSequence, closed }) => ({
          outboxId,
          lastSequence: BigInt(lastSequence),
          closed,
        })),
        ...leasesMessage(told),
        budgetVersion: leases.version,
      },
      target,
      timeoutMs: TIMEOUT_MS,
    });
  }

  async #loadPrices(): Promise<void> {
    if (this.#told?.priceVersion === this.#priceVersion) return;
    const response = await callUnary({
      method: this.#prices.getPriceBook.bind(this.#prices),
      request: { knownVersion: this.#priceVersion },
      target: this.#options.target,
      timeoutMs: LOAD_TIMEOUT_MS,
    });
    if (response.version === this.#priceVersion) return;
    this.#priceVersion = response.version;
    this.#options.onPrices(priceBookOf(response));
  }

  /** One that is older than budgets tells no version, and has no book. */
  async #loadBudgets(): Promise<void> {
    const { leases, books, target, log } = this.#options;
    if (!this.#budgetsAreOld) return;
    if (this.#told?.budgetVersion === '') {
      leases.setBook(EMPTY_BOOK);
      return;
    }
    const asked = leases.ownTime();
    const response = await callUnary({
      method: this.#leases.getBudgetBook.bind(this.#leases),
      request: { knownVersion: leases.version },
      target,
      timeoutMs: LOAD_TIMEOUT_MS,
    });
    const { version, now } = response;
    if (now !== undefined) leases.setTime({ nowMs: now.getTime(), asked });
    this.#bookReadAtMs = asked.monotonicMs;
    if (version === leases.version) return;
    leases.setBook(budgetBookOf(response, log));
    books.save(response);
  }

  async #attemptTo(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const isOlder = error instanceof ServiceError && error.code === 'UNIMPLEMENTED';
      if (!isOlder) this.#options.log.warn({ err: error }, `cannot ${what} of cost-accounting now`);
    }
  }
}
