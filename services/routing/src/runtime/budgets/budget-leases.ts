import {
  type AskAnswer,
  type Instant,
  type LeaseAnswer,
  type LeaseExchange,
  LeaseHolder,
  type LeaseKey,
} from '@switchyard/budget';
import { type Clock, unreachable } from '@switchyard/kernel';
import type { BoundBudget, BudgetUnit } from '../../domain/budget/bound-budget.ts';
import { type BudgetBook, EMPTY_BOOK } from '../../domain/budget/budget-book.ts';
import { type BudgetCharge, chargesOf } from '../../domain/budget/budget-charge.ts';
import type { BudgetRefusal } from '../../domain/budget/budget-refusal.ts';
import { type Downgrade, type DowngradedCaller, downgradeOf } from '../../domain/budget/downgrade.ts';
import { BookClock, type ToldTime } from './book-clock.ts';
import type { BudgetAdmission, BudgetedCall } from './budget-admission.ts';
import { LeaseHold, NO_HOLD } from './budget-hold.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** How long an attempt waited for leases. */
export interface LeaseWait {
  readonly durationMs: number;
  readonly outcome: BudgetAdmission['kind'];
}

export interface BudgetLeasesOptions {
  /** Id of the outbox that this process writes. */
  readonly owner: string;
  readonly clock: Clock;
  /** Told of each attempt that had to wait. */
  readonly onWaited: (wait: LeaseWait) => void;
  /** Told of each attempt that is refused. */
  readonly onRefused: (refused: { readonly unit: BudgetUnit; readonly why: BudgetRefusal['kind'] }) => void;
}

/** One exchange with cost-accounting, as it is sent. */
export interface LeaseTurn {
  readonly told: LeaseExchange;
  readonly sentAt: Instant;
  /** Who waited then. */
  readonly waiting: readonly Waiter[];
  /** Those of them whose lack is asked for, in the order of the asks. */
  readonly asking: readonly Waiter[];
}

/** Leases may be used for so long after the exchange that renewed them. */
const VALID_MS = 60_000;
/** Clocks that are set are off by minutes, seldom more. */
const REMEMBER_MS = 20 * 60_000;
/** So long an attempt waits for what others may give back. */
const PATIENCE_MS = 100;
/** Longest wait for an answer: in a burst all replicas ask at once, a database may be busy, and a late answer is better than none. */
const ANSWER_MS = 2_000;
/** After this time others may have given back what was recalled. */
const ASK_AGAIN_MS = 25;
const MAX_WAITING = 1_000;
/** Most budgets that one attempt is charged to. */
const MAX_CHARGES = 64;

const NOT_BUDGETED: BudgetAdmission = { kind: 'admitted', hold: NO_HOLD };
const UNCHECKED: BudgetAdmission = { kind: 'unchecked' };

/**
 * The hard budgets at this replica. Attempts take from its leases without asking anyone; who finds no room waits for an exchange
 * with cost-accounting. What is held is never more than what was granted.
 */
export class BudgetLeases {
  readonly #options: BudgetLeasesOptions;
  readonly #holder: LeaseHolder;
  readonly #time: BookClock;
  readonly #line = new WaitingLine(MAX_WAITING);
  /** Undefined until it is known which budgets there are. */
  #book: BudgetBook | undefined;
  #wantExchange: () => void = () => undefined;
  #again: NodeJS.Timeout | undefined;
  #isServingSoon = false;
  #isEnding = false;

  constructor(options: BudgetLeasesOptions) {
    const { owner, clock } = options;
    this.#options = options;
    this.#holder = new LeaseHolder({ owner, validMs: VALID_MS, rememberMs: REMEMBER_MS });
    this.#time = new BookClock(clock);
  }

  /** Version of the book that attempts are held against; '' where there is none. */
  get version(): string {
    return this.#book?.version ?? '';
  }

  /** Whether it is known which budgets there are. Until then nothing is spent. */
  get isKnown(): boolean {
    return this.#book !== undefined;
  }

  /** Told when something waits for an exchange. */
  onWanted(listener: () => void): void {
    this.#wantExchange = listener;
  }

  /** Whether any attempt may be counted by one. */
  get hasBudgets(): boolean {
    return this.#book === undefined || this.#book.budgets.length > 0 || this.#book.downgrades.length > 0;
  }

  /** By this machine's clocks: for {@link setTime}. */
  ownTime(): Instant {
    return this.#time.own();
  }

  /** Windows begin and end by this time from now on. */
  setTime(told: ToldTime): void {
    this.#time.set(told);
  }

  /** Attempts are held against this book from now on; what is under way stays as it was admitted. */
  setBook(book: BudgetBook): void {
    this.#book = book;
    const numbers = new Set(book.budgets.map(({ number }) => number));
    this.#holder.retain((number) => numbers.has(number));
    if (!this.#line.isEmpty) this.#wantExchange();
  }

  /** What a request is downgraded by; undefined: nothing. */
  downgradeOf(caller: DowngradedCaller): Downgrade | undefined {
    const downgrades = (this.#book ?? EMPTY_BOOK).downgradesFor(caller.tenant);
    return downgrades.length === 0 ? undefined : downgradeOf(downgrades, caller, this.#time.now().wallMs);
  }

  /** Holds what an attempt may use against every budget that counts it, at once where this replica has room. */
  admit(call: BudgetedCall): BudgetAdmission | Promise<BudgetAdmission> {
    if (this.#book === undefined) return UNCHECKED;
    const covering = this.#book.covering(call);
    if (covering.length === 0) return NOT_BUDGETED;
    // Nobody overtakes who waits for the same budget, whether there is a place to wait or not.
    if (!this.#line.isWaitedFor(covering)) {
      const admission = this.#admitNow(call, covering);
      if (admission !== undefined) return admission;
    }
    if (call.patience === 'none' || this.#line.isFullFor(call.tenant)) return UNCHECKED;
    return this.#wait(call, covering);
  }

  /** Others need what is unused of a window: it goes back at once. Where nothing is, nothing is sent: two who wait would recall each other for ever. */
  recall(key: LeaseKey): void {
    if ((this.#holder.window(key)?.room ?? 0n) <= 0n) return;
    this.#holder.recall(key);
    this.#wantExchange();
  }

  /** All that is unused goes back with the next exchange, and nothing is asked for ahead any more. Call it at the end. */
  recallAll(): void {
    this.#isEnding = true;
    for (const lease of this.#holder.plan([], this.#time.now()).leases) this.#holder.recall(lease);
  }

  /** What the next exchange sends. */
  plan(): LeaseTurn {
    const sentAt = this.#time.now();
    const waiting = this.#line.all();
    const asking: Waiter[] = [];
    const asks: (readonly BudgetCharge[])[] = [];
    for (const waiter of waiting) {
      const charged = chargesOf(this.#covering(waiter.call), waiter.call.mostUsed, sentAt.wallMs);
      if (charged.kind !== 'charged' || charged.charges.length > MAX_CHARGES) continue;
      asking.push(waiter);
      asks.push(charged.charges);
    }
    return { told: this.#asEnding(this.#holder.plan(asks, sentAt)), sentAt, waiting, asking };
  }

  /** The exchange was answered. */
  apply({ asking, sentAt }: LeaseTurn, answer: LeaseAnswer): void {
    this.#holder.apply(answer, sentAt);
    asking.forEach((waiter, i) => {
      waiter.answer = answer.asks[i];
    });
    this.#serve();
    for (const waiter of asking) this.#goOn(waiter);
  }

  /** The exchange failed: who waited for it hears so. */
  failed({ waiting }: LeaseTurn): void {
    for (const waiter of waiting) waiter.end(UNCHECKED);
  }

  dispose(): void {
    clearTimeout(this.#again);
    for (const waiter of this.#line.all()) waiter.end(UNCHECKED);
  }

  /** Who waits has been admitted to wait by a book. */
  #covering(call: BudgetedCall): readonly BoundBudget[] {
    return (this.#book ?? EMPTY_BOOK).covering(call);
  }

  /** At the end nothing is asked for ahead any more. */
  #asEnding(told: LeaseExchange): LeaseExchange {
    if (!this.#isEnding) return told;
    return { ...told, leases: told.leases.map((lease) => ({ ...lease, runsLow: false })) };
  }

  /** undefined: it has to wait. */
  #admitNow(call: BudgetedCall, covering: readonly BoundBudget[]): BudgetAdmission | undefined {
    const now = this.#time.now();
    const charged = chargesOf(covering, call.mostUsed, now.wallMs);
    switch (charged.kind) {
      case 'charged': {
        const { charges } = charged;
        if (charges.length === 0) return NOT_BUDGETED;
        if (charges.length > MAX_CHARGES) return UNCHECKED;
        const reservation = this.#holder.reserve(charges, now);
        if (reservation.kind !== 'reserved') return undefined;
        const hold = new LeaseHold({ holder: this.#holder, charges, reservation, onEnd: this.#onEnd });
        return { kind: 'admitted', hold };
      }
      case 'unbounded':
        return this.#refused({ kind: 'unbounded', budget: charged.budget });
      case 'outdated':
        return undefined;
      default:
        return unreachable(charged);
    }
  }

  #wait(call: BudgetedCall, covering: readonly BoundBudget[]): Promise<BudgetAdmission> {
    const { clock, onWaited } = this.#options;
    return new Promise((resolve) => {
      const sinceMs = clock.monotonicMs();
      const giveUp = () => {
        if (this.#line.has(waiter)) waiter.end(this.#asAnswered(waiter));
      };
      // An answer that lies in the socket is looked at first: after a standstill timers come before it.
      const timer = setTimeout(() => setImmediate(giveUp), ANSWER_MS);
      const end = (admission: BudgetAdmission) => {
        if (!this.#line.remove(waiter)) return;
        clearTimeout(timer);
        onWaited({ durationMs: clock.monotonicMs() - sinceMs, outcome: admission.kind });
        resolve(admission);
      };
      const waiter: Waiter = { call, covering, sinceMs, answer: undefined, end };
      this.#line.add(waiter);
      this.#wantExchange();
    });
  }

  /** Admits those for whom there is room now. */
  #serve(): void {
    for (const waiter of this.#line.all()) {
      const { call } = waiter;
      const covering = this.#covering(call);
      const admission = covering.length === 0 ? NOT_BUDGETED : this.#admitNow(call, covering);
      if (admission !== undefined) waiter.end(admission);
    }
  }

  /** Whether one that was asked for and got no room waits on. */
  #goOn(waiter: Waiter): void {
    if (!this.#line.has(waiter)) return;
    const { answer, call, sinceMs } = waiter;
    const isPatient = call.patience === 'recall' && this.#options.clock.monotonicMs() - sinceMs < PATIENCE_MS;
    if (answer?.kind === 'short' && !(answer.othersHave && isPatient)) {
      waiter.end(this.#asAnswered(waiter));
      return;
    }
    // What was granted is taken, or others give back, or the book changes: in a moment it is known.
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      if (!this.#line.isEmpty) this.#wantExchange();
    }, ASK_AGAIN_MS);
  }

  /** What one is told whose patience is over. */
  #asAnswered({ answer, call }: Waiter): BudgetAdmission {
    return answer?.kind === 'short' ? this.#exceeded(answer, call) : UNCHECKED;
  }

  #exceeded({ window }: Extract<AskAnswer, { kind: 'short' }>, call: BudgetedCall): BudgetAdmission {
    const now = this.#time.now();
    const charged = chargesOf(this.#covering(call), call.mostUsed, now.wallMs);
    const charge =
      charged.kind === 'charged'
        ? charged.charges.find(
            ({ budget, startMs }) => budget === window.budget && startMs === window.startMs,
          )
        : undefined;
    // The window has ended, or the budget is no more.
    if (charge === undefined) return UNCHECKED;
    const { limit, spent, leased } = window;
    const { of: budget, endMs, amount: needed } = charge;
    const leftMs = endMs - now.wallMs;
    return this.#refused({ kind: 'exceeded', budget, limit, spent, leased, needed, endMs, leftMs });
  }

  #refused(refusal: BudgetRefusal): BudgetAdmission {
    this.#options.onRefused({ unit: refusal.budget.unit, why: refusal.kind });
    return { kind: 'refused', refusal };
  }

  /** What an attempt held and did not use is there for who waits: once for all that end in a turn of the event loop. */
  readonly #onEnd = (): void => {
    if (this.#isServingSoon || this.#line.isEmpty) return;
    this.#isServingSoon = true;
    setImmediate(() => {
      this.#isServingSoon = false;
      this.#serve();
    });
  };
}
