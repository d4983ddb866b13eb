import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@switchyard/kernel';
import { HeldSlice, type Slice, type SlicePlan, SpentSlice } from '@switchyard/resilience';
import type { Quota } from '../../domain/limits/quota.ts';
import { LonePart, type Told } from './lone-part.ts';
import type { QuotaExchange, QuotaReply, QuotaStore } from './quota-store.ts';

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
/** Once the store is back it is asked for nothing for so long: each replica tells first what it took meanwhile. */
const TELL_MS = 100;
/** Units that were taken without the store are of this slot. So are all units of a bucket; those of a window never are. */
const ALONE_SLOT = 0;

interface Waiter {
  readonly units: number;
  /** How often the store was asked for it. */
  asked: number;
  readonly tell: (slot: number | undefined) => void;
}

/** What an exchange with the store is for. */
type Wanted = Pick<QuotaExchange, 'need' | 'least'> & Partial<Pick<QuotaExchange, 'ahead'>>;

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
  #alone: LonePart | undefined;
  #waiting: Waiter[] = [];
  #isExchanging = false;
  #wasAlone = false;
  #refused: Refused | undefined;
  #told: Told | undefined;

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
    this.#endAlone(this.#context.clock.monotonicMs());
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
    if (!this.#isShared(nowMs)) return this.#waitAloneMs(units, nowMs);
    if (this.#slice.free(nowMs) >= this.clamped(units)) return 0;
    const refused = this.#refused;
    if (refused === undefined || nowMs >= refused.untilMs || units < refused.units) return undefined;
    return refused.untilMs - nowMs;
  }

  /** Takes units, also ones that are not there. @returns the slot that they are of */
  take(units: number, nowMs: number): number {
    const isShared = this.#isShared(nowMs);
    if (!isShared && this.#held === undefined) {
      this.#alone?.take(units, nowMs);
      return ALONE_SLOT;
    }
    const slot = this.#slice.take(this.clamped(units), nowMs);
    if (isShared && this.#slice.runsLow(nowMs) && this.#mayAsk(nowMs)) void this.#exchange();
    return slot;
  }

  /** Gives back units of a slot; negative: more were used than taken. */
  giveBack(units: number, slot: number): void {
    const nowMs = this.#context.clock.monotonicMs();
    const isOfPart = this.#held === undefined && (slot === ALONE_SLOT || units < 0);
    if (isOfPart && this.#alone !== undefined) this.#alone.take(-units, nowMs);
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

  /** Called now and then, and when the store is back: tells it what was taken alone, what is given back, and what is still held. */
  tick(nowMs: number): void {
    if (!this.#isShared(nowMs) || this.#isExchanging) return;
    if (this.#wasAlone || this.#slice.isDue(nowMs)) void this.#exchange();
  }

  /** Units taken as of now, by all replicas as far as they told, and whether that is so. */
  async use(): Promise<{ readonly used: number; readonly isShared: boolean }> {
    const { clock } = this.#context;
    if (this.#isShared(clock.monotonicMs())) {
      if (!this.#isExchanging) await this.#exchange();
      if (this.#told !== undefined && this.#isShared(clock.monotonicMs()))
        return { used: this.#told.used, isShared: true };
    }
    return { used: this.#usedAlone, isShared: false };
  }

  /** Units taken, as the store told last; without one, those of this replica. */
  get knownUse(): number {
    const isShared = this.#isShared(this.#context.clock.monotonicMs());
    return isShared && this.#told !== undefined ? this.#told.used : this.#usedAlone;
  }

  get #usedAlone(): number {
    return this.#held?.inUse ?? this.#alone?.lacking(this.#context.clock.monotonicMs()) ?? 0;
  }

  #mayAsk(nowMs: number): boolean {
    return !this.#isExchanging && (this.#refused === undefined || nowMs >= this.#refused.untilMs);
  }

  async #exchange(): Promise<void> {
    const { store } = this.#context;
    this.#isExchanging = true;
    try {
      // Those who ask in the same turn go together.
      await Promise.resolve();
      do {
        if (this.#wasAlone && store?.isUp) await this.#tell(store);
        const waiting = this.#waiting;
        this.#waiting = [];
        if (store?.isUp) await this.#ask(store, this.#wantedBy(waiting));
        for (const waiter of waiting) this.#serve(waiter);
      } while (this.#waiting.length > 0);
    } finally {
      this.#isExchanging = false;
    }
  }

  async #tell(store: QuotaStore): Promise<void> {
    this.#wasAlone = false;
    const hasToTell = this.isInUse || this.#slice.isDue(this.#context.clock.monotonicMs());
    if (hasToTell) await this.#ask(store, { need: 0, least: 0, ahead: 0 });
    if (store.isUp) await pause(TELL_MS);
  }

  #wantedBy(waiting: readonly Waiter[]): Wanted {
    const need = waiting.reduce((sum, { units }) => sum + this.clamped(units), 0);
    return { need, least: waiting.reduce((min, { units }) => Math.min(min, this.clamped(units)), need) };
  }

  async #ask(store: QuotaStore, wanted: Wanted): Promise<void> {
    const { clock } = this.#context;
    const askedAtMs = clock.monotonicMs();
    if (this.#held !== undefined)
      this.#held.mostAhead = Math.floor(this.#quota.capacity / (AHEAD_SHARE * this.#replicas));
    const plan = this.#slice.plan(askedAtMs);
    const hearLate = (late: QuotaReply) => this.#hearLate(late, plan);
    const reply = await store.exchange(this.#quota, { ...plan, ...wanted }, hearLate);
    if (reply === undefined) {
      // It may not have heard of what was used: so it is told again, unless it answers after all.
      if (plan.returned < 0) this.giveBack(plan.returned, ALONE_SLOT);
      return;
    }
    this.#slice.apply(reply, askedAtMs);
    this.#told = { used: reply.used, atMs: clock.monotonicMs() };
    const untilMs = askedAtMs + (this.#held === undefined ? reply.waitMs : HELD_WAIT_MS);
    this.#refused = reply.granted < wanted.need ? { units: wanted.least, untilMs } : undefined;
  }

  /** The store has counted what it was told, and granted what nobody waits for any more. Of a window that stays counted: it may have turned. */
  #hearLate({ granted }: QuotaReply, { returned }: SlicePlan): void {
    if (this.#quota.counting.kind === 'bucket') this.giveBack(granted - Math.min(0, returned), ALONE_SLOT);
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
  #isShared(nowMs: number): boolean {
    const isShared = this.#context.store?.isUp ?? false;
    if (isShared) this.#endAlone(nowMs);
    else if (this.#alone === undefined) this.#beginAlone(nowMs);
    return isShared;
  }

  #beginAlone(nowMs: number): void {
    const unused = this.#slice.forget(nowMs);
    this.#alone = new LonePart({
      quota: this.#quota,
      replicas: this.#replicas,
      told: this.#told,
      unused,
      nowMs,
    });
    this.#refused = undefined;
  }

  #endAlone(nowMs: number): void {
    const alone = this.#alone;
    if (alone === undefined) return;
    this.#alone = undefined;
    this.#wasAlone = true;
    // The store is told of calls under way anyway.
    if (this.#held !== undefined) return;
    this.#slice.giveBack(-alone.untold(nowMs), ALONE_SLOT);
    this.#told = alone.told(nowMs);
  }

  get #replicas(): number {
    return this.#context.store?.replicas ?? 1;
  }

  #waitAloneMs(units: number, nowMs: number): number {
    if (this.#held === undefined) return this.#alone?.waitMs(units, nowMs) ?? 0;
    const places = Math.max(1, Math.floor(this.#quota.capacity / this.#replicas));
    return this.#held.inUse + units <= places ? 0 : HELD_WAIT_MS;
  }
}
