import { Gcra } from '@switchyard/resilience';
import type { Quota } from '../../domain/limits/quota.ts';

/** What a replica knows as it begins to be on its own. */
export interface LonePartOptions {
  readonly quota: Quota;
  readonly replicas: number;
  /** What all replicas had used, as the store told. */
  readonly told: Told | undefined;
  /** Units that the store takes for used by this replica and are not; negative: ones that it does not know of. */
  readonly unused: number;
  readonly nowMs: number;
}

/** What the store told of all replicas' use. */
export interface Told {
  readonly used: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;
/** What has come for so long since the store told last may have been used by the others. */
const OTHERS_MS = 1_000;

/** What a replica may use of a rate while nothing is shared: its part of what was left, and of what comes. */
export class LonePart {
  readonly #bucket: Gcra;
  readonly #replicas: number;
  /** Units of which the store does not know; negative: ones that it takes for used and are not. */
  #taken: number;

  constructor({ quota: { counting, capacity }, replicas, told, unused, nowMs }: LonePartOptions) {
    const perMinute = counting.kind === 'bucket' ? counting.perMinute : capacity;
    this.#bucket = new Gcra({
      perMs: perMinute / MINUTE_MS / replicas,
      burst: Math.max(1, capacity / replicas),
    });
    this.#replicas = replicas;
    this.#taken = -unused;
    if (told === undefined) return;
    const lacking = Math.max(0, told.used / replicas - unused);
    this.#bucket.take(lacking, Math.min(nowMs, told.atMs + OTHERS_MS));
  }

  /** How long there is no room for so many units, in milliseconds. */
  waitMs(units: number, nowMs: number): number {
    return this.#bucket.waitMs(units, nowMs);
  }

  /** Takes units, also ones that are not there; negative ones are given back. */
  take(units: number, nowMs: number): void {
    this.#bucket.take(units, nowMs);
    this.#taken += units;
  }

  /** Units that are missing from the part. */
  lacking(nowMs: number): number {
    return this.#bucket.used(nowMs);
  }

  /** Units to tell the store: what has come since makes up for what was taken, so no more than are lacking. */
  untold(nowMs: number): number {
    return Math.min(this.lacking(nowMs), this.#taken);
  }

  /** What the store knows of until it is told the rest. */
  told(nowMs: number): Told {
    return { used: (this.lacking(nowMs) - this.untold(nowMs)) * this.#replicas, atMs: nowMs };
  }
}
