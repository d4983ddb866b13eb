import type { Permit } from './permit.ts';

/** The few places for probes while a breaker is half-open. */
export class ProbeSlots {
  readonly #capacity: number;
  readonly #underWay: Permit[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get inFlight(): number {
    return this.#underWay.length;
  }

  get full(): boolean {
    return this.#underWay.length >= this.#capacity;
  }

  /** When the first probe under way runs out of time, monotonic ms; `Infinity` when there is none. */
  get earliestExpiryMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const probe of this.#underWay) earliest = Math.min(earliest, probe.expiresAtMs);
    return earliest;
  }

  /** A permit for one more probe; undefined when all places are taken. */
  tryStart({ epoch, expiresAtMs }: { epoch: number; expiresAtMs: number }): Permit | undefined {
    if (this.full) return undefined;
    const probe: Permit = { kind: 'probe', epoch, expiresAtMs };
    this.#underWay.push(probe);
    return probe;
  }

  /** Gives the place back. False when the permit holds none (any more), so that no outcome counts twice. */
  end(permit: Permit): boolean {
    const at = this.#underWay.indexOf(permit);
    if (at < 0) return false;
    this.#underWay.splice(at, 1);
    return true;
  }

  clear(): void {
    this.#underWay.length = 0;
  }
}
