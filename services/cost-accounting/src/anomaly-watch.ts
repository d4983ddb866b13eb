import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { PostgresAnomalies, UntoldAnomaly } from './adapters/postgres-anomalies.ts';

export interface AnomalyWatchOptions {
  readonly anomalies: Pick<PostgresAnomalies, 'look' | 'untold' | 'told'>;
  readonly isConnected: () => boolean;
  readonly publish: (anomaly: UntoldAnomaly) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 10_000;
const LOOK_EVERY_MS = 600_000;

/**
 * Looks every ten minutes for days unlike others, and tells NATS of each once. What one replica has found no other keeps again; what could not be
 * told is told by whoever can.
 */
export class AnomalyWatch {
  readonly #options: AnomalyWatchOptions;
  readonly #loop: Loop;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  constructor(options: AnomalyWatchOptions) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#turn() });
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#look();
      await this.#tell();
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken)
        log.warn({ err: error }, 'unusual days cannot be looked for or told now; trying again');
      this.#isBroken = true;
    }
  }

  async #look(): Promise<void> {
    const { anomalies, clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return;
    if ((await anomalies.look(clock.wallMs())) === 'too_many')
      log.warn('there are too many tenants to look for unusual days of all: the dearest are looked at');
    this.#lookedAtMs = nowMs;
  }

  async #tell(): Promise<void> {
    const { anomalies, isConnected, publish } = this.#options;
    if (!isConnected()) return;
    for (const anomaly of await anomalies.untold()) {
      await publish(anomaly);
      await anomalies.told(anomaly.id);
    }
  }
}
