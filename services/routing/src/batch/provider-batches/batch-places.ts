import type { Clock, Random } from '@switchyard/kernel';
import type { LeasedBatch } from '../../adapters/postgres-batch-work.ts';
import type { HandedBatch } from '../../domain/batch/provider-batch.ts';

/** Where lines go that can be in one batch. */
export type BatchPlace = Pick<HandedBatch, 'provider' | 'endpoint' | 'model'>;

/** Longest pause before a place is tried again. */
const LONGEST_MS = 30 * 60_000;

/** A place that takes no batches for now. */
interface Pause {
  readonly untilMs: number;
  readonly refusals: number;
}

export interface BatchPlacesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** First pause after a place has refused a batch for now; it doubles with each, up to half an hour. */
  readonly pauseMs: number;
}

/** The places that have refused batches of one batch's lines: for good, or for now. */
export class BatchPlaces {
  readonly #options: BatchPlacesOptions;
  /** From then on lines are rather asked by themselves than wait for a place: half of their time is over. */
  readonly #patientUntilMs: number;
  readonly #closed = new Set<string>();
  readonly #pauses = new Map<string, Pause>();
  /** Places that lines wait for that have not begun. */
  readonly #awaited = new Set<string>();

  constructor({ batch }: Pick<LeasedBatch, 'batch'>, options: BatchPlacesOptions) {
    this.#options = options;
    this.#patientUntilMs = batch.expiresAtMs - (batch.expiresAtMs - batch.createdAtMs) / 2;
  }

  /** Lines that come back from there, or are refused there, are asked by themselves. */
  close(place: BatchPlace): void {
    this.#closed.add(keyOf(place));
  }

  /** It has no room now, or cannot be reached. */
  pause(place: BatchPlace, retryAfterMs = 0): void {
    const key = keyOf(place);
    const { clock, random, pauseMs } = this.#options;
    const refusals = (this.#pauses.get(key)?.refusals ?? 0) + 1;
    const backoffMs = Math.min(LONGEST_MS, pauseMs * 2 ** Math.min(refusals - 1, 16)) * (1 + random() / 4);
    const untilMs = clock.wallMs() + Math.max(retryAfterMs, backoffMs);
    if (untilMs > this.#patientUntilMs) this.close(place);
    this.#pauses.set(key, { untilMs, refusals });
    this.#awaited.add(key);
  }

  /** `tried`: it has refused a batch for now, and may be tried again. */
  standing(place: BatchPlace): 'open' | 'closed' | 'paused' | 'tried' {
    const key = keyOf(place);
    if (this.#closed.has(key)) return 'closed';
    const pause = this.#pauses.get(key);
    if (pause === undefined) return 'open';
    return pause.untilMs > this.#options.clock.wallMs() ? 'paused' : 'tried';
  }

  /** A line has not begun: it waits for a place. */
  await(place: BatchPlace): void {
    this.#awaited.add(keyOf(place));
  }

  /** All lines that have not begun are looked at from now on. */
  beginPass(): void {
    this.#awaited.clear();
  }

  /** How long until lines that wait for a place may go there, from 0; undefined where none waits. */
  get waitMs(): number | undefined {
    if (this.#awaited.size === 0) return undefined;
    const nowMs = this.#options.clock.wallMs();
    return Math.min(...[...this.#awaited].map((key) => this.#waitMsOf(key, nowMs)));
  }

  #waitMsOf(key: string, nowMs: number): number {
    return this.#closed.has(key) ? 0 : Math.max(0, (this.#pauses.get(key)?.untilMs ?? 0) - nowMs);
  }
}

export const keyOf = ({ provider, endpoint, model }: BatchPlace): string =>
  JSON.stringify([provider, endpoint, model]);
