import type { Clock } from '@switchyard/kernel';

/** How often the event loop is asked whether it is on time. */
const SAMPLE_MS = 100;
/** So many samples in a row: a pause for garbage, or one large request, is no lasting lag. */
const SAMPLES = 4;

/** How late the event loop is, lastingly: the least of its last four samples, about half a second apart at rest. */
export class LoopLag {
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  readonly #lateMs = new Float64Array(SAMPLES);
  #place = 0;
  #expectedAtMs: number;
  #ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#expectedAtMs = clock.monotonicMs() + SAMPLE_MS;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  /** In milliseconds, from 0. */
  get ms(): number {
    return this.#ms;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#lateMs[this.#place] = Math.max(0, nowMs - this.#expectedAtMs);
    this.#place = (this.#place + 1) % SAMPLES;
    this.#expectedAtMs = nowMs + SAMPLE_MS;
    this.#ms = Math.min(...this.#lateMs);
  }
}
