import type { Instant } from '@switchyard/budget';
import type { Clock } from '@switchyard/kernel';

/** When cost-accounting said what time it is. */
export interface ToldTime {
  /** What it said, in milliseconds since 1970 UTC. */
  readonly nowMs: number;
  /** When it was asked, by this machine's clocks. */
  readonly asked: Instant;
}

/** A wall clock that is ahead of the monotonic one by more than before, by so much, was set or the machine slept. */
const JUMP_MS = 1_000;

/**
 * The time by which windows of budgets begin and end: cost-accounting's, and what has passed since by the monotonic clock, so that it does
 * not matter whether this machine's wall clock is set. The time by which leases grow old also counts what the wall clock jumped ahead: a
 * machine that slept may not believe its leases.
 */
export class BookClock {
  readonly #clock: Clock;
  #told: ToldTime;
  /** How far the wall clock is from the monotonic one. */
  #apartMs: number;
  /** What the wall clock jumped ahead altogether. */
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#apartMs = clock.wallMs() - clock.monotonicMs();
    const asked = this.own();
    this.#told = { nowMs: asked.wallMs, asked };
  }

  /** By this machine's clocks. */
  own(): Instant {
    return { monotonicMs: this.#clock.monotonicMs(), wallMs: this.#clock.wallMs() };
  }

  set(told: ToldTime): void {
    this.#told = told;
  }

  /** `wallMs` is cost-accounting's; `monotonicMs` also counts the time in which the machine slept. */
  now(): Instant {
    const { monotonicMs, wallMs } = this.own();
    const jumpedMs = wallMs - monotonicMs - this.#apartMs;
    if (Math.abs(jumpedMs) > JUMP_MS) {
      this.#apartMs += jumpedMs;
      this.#aheadMs += Math.max(0, jumpedMs);
    }
    const { nowMs, asked } = this.#told;
    return { monotonicMs: monotonicMs + this.#aheadMs, wallMs: nowMs + monotonicMs - asked.monotonicMs };
  }
}
