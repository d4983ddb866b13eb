import type { BusNames } from '@switchyard/contracts';
import { announceState, type Bus, type Logger, watchState } from '@switchyard/service-kit';
import { isUnusableConfiguration } from '../errors.ts';
import type { Configuration, PostgresConfiguration } from './postgres-configuration.ts';

export interface ConfigurationLinkOptions {
  readonly store: PostgresConfiguration;
  readonly bus: Bus;
  readonly names: BusNames;
  /** Takes a configuration over; throws where it cannot be used, and then has changed nothing. */
  readonly onConfiguration: (configuration: Configuration) => void;
  readonly log: Logger;
}

/** How often the version is looked at: a change is seen within a second even without the bus. */
const EVERY_MS = 500;

/**
 * Keeps this replica's providers, pools, policies and experiments as the database has them: at once when a change is announced, within half a
 * second in any case.
 */
export class ConfigurationLink {
  readonly #options: ConfigurationLinkOptions;
  #version: string | undefined;
  /** The version that was refused last: it is not tried again, the next one is. */
  #refused: string | undefined;
  #isUp = false;
  #reading: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ConfigurationLinkOptions) {
    this.#options = options;
    const { bus, names } = options;
    watchState({ bus, bucket: names.stateBucket, key: names.stateKeys.providers }, () => void this.refresh());
    this.#timer = setInterval(() => void this.refresh(), EVERY_MS);
  }

  /** Whether the database has answered the last time. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** The version of the database where it cannot be used and the last good one serves on; undefined where all is well. */
  get refusedVersion(): string | undefined {
    return this.#refused;
  }

  /** Loads the configuration where it has changed. Never rejects. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Loads a change of this replica's own, and tells the others. */
  async changed(): Promise<void> {
    await this.#reading;
    await this.refresh();
    const { bus, names, log } = this.#options;
    if (!bus.isConnected || this.#version === undefined) return;
    const state = { version: this.#version, digest: '' };
    await announceState({ bus, bucket: names.stateBucket, key: names.stateKeys.providers }, state).catch(
      (error: Error) => {
        log.warn(
          { err: error },
          'a change of the configuration could not be announced; the other replicas see it within half a second',
        );
      },
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { store, log } = this.#options;
    try {
      const version = await store.version();
      if (version === this.#version) this.#refused = undefined;
      else if (version !== this.#refused) await this.#take(version);
      this.#isUp = true;
    } catch (error) {
      if (this.#isUp)
        log.warn({ err: error }, 'the configuration cannot be read; the last known one is used');
      this.#isUp = false;
    }
  }

  /** Counts as taken what was taken, not what was found: else a version that failed would never be missed. */
  async #take(found: string): Promise<void> {
    const { store, onConfiguration } = this.#options;
    let configuration: Configuration;
    try {
      configuration = await store.load();
    } catch (error) {
      if (!isUnusableConfiguration(error)) throw error;
      this.#refuse(found, error);
      return;
    }
    try {
      onConfiguration(configuration);
    } catch (error) {
      this.#refuse(configuration.version, error);
      return;
    }
    this.#version = configuration.version;
    this.#refused = undefined;
  }

  #refuse(version: string, error: unknown): void {
    this.#refused = version;
    this.#options.log.error(
      { err: error, version, serving: this.#version },
      'the configuration cannot be used; the last good one serves on until it is changed',
    );
  }
}
