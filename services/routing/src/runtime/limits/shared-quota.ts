import type { Clock } from '@switchyard/kernel';
import { Gcra, HeldSlice, type Slice, SpentSlice } from '@switchyard/resilience';
import type { Quota } from '../../domain/limits/quota.ts';
import type { QuotaStore } from './quota-store.ts';

/** What a quota stands on. */
export interface QuotaContext {
  /** undefined: nothing is shared. */
  readonly store: QuotaStore | undefined;
  readonly clock: Clock;
}

/** A replica keeps at most this part of its share of a limit on calls under way beyond those that it has. */
const AHEAD_SHARE = 8;
/** How long a place that was not free is not asked for again: nobody tells when one of another replica's is. */
const HELD_WAIT_MS = 50;
/** How often the store is asked for one call: a window may turn, or Redis come back, while it answers. */
const MAX_ASKED = 3;
const MINUTE_MS = 60_000;

interface Waiter {
  readonly units: number;
  /** How often the store was asked for it. */
  asked: number;
  readonly tell: (slot: number | undefined) => void;
}

/** That the store had no room. */
interface Refused {
  readonly units: number;
  readonly untilMs: number;
}

/**
 * One limit at this replica. Calls take from the replica's slice without asking anyone; the store is asked beside them, or, where
 * the slice is used up, once for all who wait. Without a store each replica keeps to its part, by the number of replicas: of what was
 * left as the store told last, and of what comes. What it takes meanwhile it tells the store afterwards.
 */
export class SharedQuota {
  #quota: Quota;
  readonly #context: QuotaContext;
  readonly #slice: Slice;
  readonly #held: HeldSlice | undefined;
  #alone: Gcra | undefined;
  /** Units of which the store does not know yet. */
  #takenAlone = 0;
  #waiting: Waiter[] = [];
  #isExchanging = false;
  #refused: Refused | undefined;
  /** Units that all replicas have taken, as the store told last; undefined: it never did. */
  #used: number | undefined;

  constructor(quota: Quota, context: QuotaContext) {
    this.#quota = quota;
    this.#context = context;
    this.#held = quota.counting.kind === 'held' ? new HeldSlice() : undefined;
    this.#slice = this.#held ?? new SpentSlice();
  }

  get quota(): Quota {
    return this.#quota;
  }

  /** The limit has changed; what is under way counts on. @param quota of the same key */
  reconfigure(quota: Quota): void {
    if (quota.limit === this.#quota.limit && quota.capacity === this.#quota.capacity) return;
    if (this.#alone !== undefined) this.#shareAgain(this.#alone);
    this.#quota = quota;
    this.#refused = undefined;
  }

  /** Whether calls are under way, as far as it counts them. */
  get isInUse(): boolean {
    return (this.#held?.inUse ?? 0) > 0;
  }

  /** Units that a call takes: one that needs more than there can ever be gets through when all is there. */
  clamped(units: number): number {
    return Math.min(units, this.#quota.capacity);
  }

  /** How long there is no room for so many units, in milliseconds: 0 where there is, undefined where only the store knows. */
  waitMs(units: number, nowMs: number): number | undefined {
    if (!this.#isShared()) return this.#waitAloneMs(units, nowMs);
    if (this.#slice.free(nowMs) >= this.clamped(units)) return 0;
    const refused = this.#refused;
    if (refused === undefined || nowMs >= refused.untilMs || units < refused.units) return undefined;
    return refused.untilMs - nowMs;
  }

  /** Takes units, also ones that are not there. @returns the slot that they are of */
  take(units: number, nowMs: number): number {
    const isShared = this.#isShared();
    if (!isShared && this.#held === undefined) {
      this.#takeAlone(units, nowMs);
      return ALONE_SLOT;
    }
    const slot = this.#slice.take(this.clamped(units), nowMs);
    if (isShared && this.#slice.runsLow(nowMs) && this.#mayAsk(nowMs)) void this.#exchange();
    return slot;
  }

  /** Gives back units of a slot; negative: more were used than taken. */
  giveBack(units: number, slot: number): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (slot === ALONE_SLOT && !this.#isShared()) this.#takeAlone(-units, nowMs);
    else this.#slice.giveBack(units, slot);
    if (this.#held !== undefined) this.tick(nowMs);
  }

  /** Takes units once the store has room, asking together with all who ask now. @returns their slot; undefined: there is no room */
  acquire(units: number): Promise<number | undefined> {
    this.#slice.wanted(this.clamped(units), this.#context.clock.monotonicMs());
    return new Promise((resolve) => {
      this.#waiting.push({ units, asked: 0, tell: resolve });
      if (!this.#isExchanging) void this.#exchange();
    });
  }

  /** Called now and then: tells the store what is given back or still held. */
  tick(nowMs: number): void {
    if (this.#isShared() && !this.#isExchanging && this.#slice.isDue(nowMs)) void this.#exchange();
  }

  /** Units taken as of now, by all replicas as far as they told, and whether that is so. */
  async use(): Promise<{ readonly used: number; readonly isShared: boolean }> {
    if (this.#isShared()) {
      if (!this.#isExchanging) await this.#exchange();
      if (this.#used !== undefined && this.#isShared()) return { used: this.#used, isShared: true };
    }
    return { used: this.#usedAlone, isShared: false };
  }

  /** Units taken, as the store told last; without one, those of this replica. */
  get knownUse(): number {
    return this.#isShared() && this.#used !== undefined ? this.#used : this.#usedAlone;
  }

  get #usedAlone(): number {
    return this.#held?.inUse ?? this.#alone?.used(this.#context.clock.monotonicMs()) ?? 0;
  }

  #mayAsk(nowMs: number): boolean {
    return !this.#isExchanging && (this.#refused === undefined || nowMs >= this.#refused.untilMs);
  }

  async #exchange(): Promise<void> {
    const { store, clock } = this.#context;
    this.#isExchanging = true;
    try {
      // Those who ask in the same turn go together.
      await Promise.resolve();
      do {
        const waiting = this.#waiting;
        this.#waiting = [];
        const askedAtMs = clock.monotonicMs();
        const need = waiting.reduce((sum, { units }) => sum + this.clamped(units), 0);
        const least = waiting.reduce((min, { units }) => Math.min(min, this.clamped(units)), need);
        if (this.#held !== undefined)
          this.#held.mostAhead = Math.floor(this.#quota.capacity / (AHEAD_SHARE * this.#replicas));
        const plan = this.#slice.plan(askedAtMs);
        const reply = await store?.exchange(this.#quota, { ...plan, need, least });
        if (reply === undefined) {
          // Counted twice rather than not at all.
          this.#slice.giveBack(Math.min(0, plan.returned), plan.slot);
        } else {
          this.#slice.apply(reply, askedAtMs);
          this.#used = reply.used;
          const untilMs = askedAtMs + (this.#held === undefined ? reply.waitMs : HELD_WAIT_MS);
          this.#refused = reply.granted < need ? { units: least, untilMs } : undefined;
        }
        for (const waiter of waiting) this.#serve(waiter);
      } while (this.#waiting.length > 0);
    } finally {
      this.#isExchanging = false;
    }
  }

  /** What was granted to those that waited is theirs: nobody else can take it in between. */
  #serve(waiter: Waiter): void {
    const nowMs = this.#context.clock.monotonicMs();
    const waitMs = this.waitMs(waiter.units, nowMs);
    if (waitMs === 0) waiter.tell(this.take(waiter.units, nowMs));
    else if (waitMs === undefined && ++waiter.asked < MAX_ASKED) this.#waiting.push(waiter);
    else waiter.tell(undefined);
  }

  /** Whether the store counts; each change of it is seen here. */
  #isShared(): boolean {
    const isShared = this.#context.store?.isUp ?? false;
    if (isShared && this.#alone !== undefined) this.#shareAgain(this.#alone);
    if (!isShared && this.#alone === undefined) this.#alone = this.#standAlone();
    return isShared;
  }

  #standAlone(): Gcra {
    const nowMs = this.#context.clock.monotonicMs();
    const alone = this.#partAlone();
    const unused = this.#slice.forget(nowMs);
    // What has come since the store told of it may have been used by the others.
    alone.take(Math.max(0, (this.#used ?? 0) / this.#replicas - unused), nowMs);
    this.#takenAlone = Math.max(0, -unused);
    this.#refused = undefined;
    return alone;
  }

  /** What has come since makes up for what was taken, so no more is told to the store than is lacking. */
  #shareAgain(alone: Gcra): void {
    this.#alone = undefined;
    // Calls under way are told of anyway.
    if (this.#held !== undefined) return;
    const nowMs = this.#context.clock.monotonicMs();
    const lacking = alone.used(nowMs);
    const untold = Math.min(lacking, this.#takenAlone);
    this.#slice.giveBack(-untold, ALONE_SLOT);
    // Until the store answers, for the case that it is away again before it does.
    this.#used = (lacking - untold) * this.#replicas;
  }

  #takeAlone(units: number, nowMs: number): void {
    this.#alone?.take(units, nowMs);
    this.#takenAlone += units;
  }

  get #replicas(): number {
    return this.#context.store?.replicas ?? 1;
  }

  #partAlone(): Gcra {
    const { counting, capacity } = this.#quota;
    const perMinute = counting.kind === 'bucket' ? counting.perMinute : capacity;
    const burst = Math.max(1, capacity / this.#replicas);
    return new Gcra({ perMs: perMinute / MINUTE_MS / this.#replicas, burst });
  }

  #waitAloneMs(units: number, nowMs: number): number {
    if (this.#held === undefined) return this.#alone?.waitMs(units, nowMs) ?? 0;
    const places = Math.max(1, Math.floor(this.#quota.capacity / this.#replicas));
    return this.#held.inUse + units <= places ? 0 : HELD_WAIT_MS;
  }
}

/** Of units that were taken while there was no store. */
const ALONE_SLOT = -1;
