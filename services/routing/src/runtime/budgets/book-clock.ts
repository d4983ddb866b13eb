import type { Instant } from '@switchyard/budget';
import type { Clock } from '@switchyard/kernel';

/** When cost-accounting said what time it is. */
export interface ToldTime {
  /** What it said, in milliseconds since 1970 UTC. */
  readonly nowMs: number;
  /** When it was asked, by this machine's clocks. */
  readonly asked: Instant;
}

/** The time by which windows of budgets begin and end: cost-accounting's, and what has passed since by whichever clock is ahead. */
export class BookClock {
  readonly #clock: Clock;
  #told: ToldTime;

  constructor(clock: Clock) {
    this.#clock = clock;
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

  /** `wallMs` is cost-accounting's. */
  now(): Instant {
    const { nowMs, asked } = this.#told;
    const monotonicMs = this.#clock.monotonicMs();
    const passedMs = Math.max(monotonicMs - asked.monotonicMs, this.#clock.wallMs() - asked.wallMs);
    return { monotonicMs, wallMs: nowMs + passedMs };
  }
}
