import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@switchyard/kernel';
import type { Progress } from '../output/progress.ts';
import { RESTART_WINDOW_MS, restartDelayMs } from '../process/restart-policy.ts';

/** Something that died and can be started again. */
export interface Mortal {
  readonly name: string;
  /** The last lines of its log. */
  readonly lastLines: string;
  restart(): Promise<void>;
}

/** Starts again what dies, at most five times a minute each, and tells so. */
export class KeepAlive {
  readonly #progress: Progress;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Monotonic times of deaths by name. */
  readonly #deaths = new Map<string, number[]>();

  /** @param options.signal ends all attempts */
  constructor(options: { progress: Progress; clock: Clock; signal: AbortSignal }) {
    this.#progress = options.progress;
    this.#clock = options.clock;
    this.#signal = options.signal;
  }

  /** Never rejects. */
  async onDeath(mortal: Mortal): Promise<void> {
    const { name, lastLines } = mortal;
    this.#tell(`${name} ended by itself. Its log ends with:\n${indent(lastLines)}`);
    while (!this.#signal.aborted) {
      const delayMs = this.#delayAfterDeath(name);
      this.#tell(`${name} is started again in ${(delayMs / 1_000).toFixed(1)} s`);
      try {
        await sleep(delayMs, undefined, { signal: this.#signal });
        await mortal.restart();
        this.#tell(`${name} is back`);
        return;
      } catch (error) {
        if (!this.#signal.aborted) this.#tell((error as Error).message);
      }
    }
  }

  #delayAfterDeath(name: string): number {
    const nowMs = this.#clock.monotonicMs();
    const deaths = (this.#deaths.get(name) ?? []).filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS);
    deaths.push(nowMs);
    this.#deaths.set(name, deaths);
    return restartDelayMs(deaths, nowMs);
  }

  #tell(text: string): void {
    this.#progress({ kind: 'note', text });
  }
}

const indent = (text: string): string => text.replace(/^/gm, '    ');
