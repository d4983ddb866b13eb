import type { BusNames } from '@switchyard/contracts';
import { HealthServiceClient } from '@switchyard/contracts/health';
import type { Clock } from '@switchyard/kernel';
import {
  type Bus,
  callUnary,
  type GrpcTarget,
  type Logger,
  openGrpcClient,
  watchState,
} from '@switchyard/service-kit';
import { providerKey } from '../domain/snapshot/provider-offers.ts';
import type { HealthPart } from '../runtime/snapshot-holder.ts';

export interface HealthLinkOptions {
  readonly target: GrpcTarget;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly onHealth: (part: HealthPart) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often the table is read when no change was announced. */
const EVERY_MS = 2_000;
const AWAY_MS = 10_000;
const MAX_PROVIDERS = 5_000;

/** Takes the health table from health-probe: at once when a change is announced, and every two seconds in any case. */
export class HealthLink {
  readonly #options: HealthLinkOptions;
  readonly #client: HealthServiceClient;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #again = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: HealthLinkOptions) {
    this.#options = options;
    this.#client = openGrpcClient(HealthServiceClient, options.target);
    const { bus, names } = options;
    watchState({ bus, bucket: names.stateBucket, key: names.stateKeys.health }, () => this.#read());
    this.#timer = setInterval(() => this.#read(), EVERY_MS);
    this.#read();
  }

  /** Whether it has answered lately. */
  get isUp(): boolean {
    return this.#options.clock.monotonicMs() - this.#answeredAtMs < AWAY_MS;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#again = false;
    await this.#reading;
    this.#client.close();
  }

  /** One reading at a time; what is announced meanwhile is read after it. */
  #read(): void {
    if (this.#reading !== undefined) {
      this.#again = true;
      return;
    }
    this.#reading = this.#ask().finally(() => {
      this.#reading = undefined;
      if (this.#again) {
        this.#again = false;
        this.#read();
      }
    });
  }

  async #ask(): Promise<void> {
    const { target, onHealth, clock, log } = this.#options;
    try {
      const { providers, version } = await callUnary({
        method: this.#client.listProviderHealth.bind(this.#client),
        request: { pageSize: MAX_PROVIDERS, pageToken: '' },
        target,
        timeoutMs: 2_000,
      });
      this.#answeredAtMs = clock.monotonicMs();
      const health = new Map(
        providers.map(({ tenant, provider, state }) => [providerKey(tenant, provider), state]),
      );
      onHealth({ version: String(version), health });
    } catch (error) {
      if (this.isUp) log.warn({ err: error }, 'health-probe does not answer; the last known health is used');
    }
  }
}
