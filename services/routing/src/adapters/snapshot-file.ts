import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { GetPriceBookResponse } from '@switchyard/contracts/cost';
import type { HealthState } from '@switchyard/contracts/health';
import { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import type { Logger } from '@switchyard/service-kit';
import type { SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';
import { priceBookMessage, priceBookOf } from './price-book-message.ts';

/** The parts of a snapshot that come from other services. */
export type StoredParts = Pick<
  SnapshotParts,
  | 'configurationVersion'
  | 'providers'
  | 'pools'
  | 'policies'
  | 'experiments'
  | 'priceBook'
  | 'health'
  | 'healthVersion'
>;

/** Changes within this time are written once. */
const WRITE_AFTER_MS = 1_000;

/** Keeps the last complete snapshot on disk, for a cold start while every other service is away. No secrets are in it. */
export class SnapshotFile {
  readonly #path: string;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #latest: StoredParts | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** What was kept; undefined where there is nothing, or it cannot be read. */
  load(): StoredParts | undefined {
    try {
      return parse(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ err: error }, 'the kept snapshot cannot be read');
      return undefined;
    }
  }

  /** Keeps a snapshot soon. */
  save(parts: StoredParts): void {
    this.#latest = parts;
    this.#timer ??= setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
  }

  async dispose(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#write();
    }
    await this.#writing;
  }

  #write(): void {
    this.#timer = undefined;
    const text = serialize(this.#latest as StoredParts);
    this.#writing = this.#writing.then(async () => {
      try {
        await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        this.#log.warn({ err: error }, 'the snapshot cannot be kept on disk');
      }
    });
  }
}

function serialize(parts: StoredParts): string {
  const { configurationVersion, providers, pools, policies, experiments } = parts;
  const { priceBook, health, healthVersion } = parts;
  return JSON.stringify({
    configurationVersion,
    providers: providers.map((provider) => Provider.toJSON(provider)),
    pools: pools.map((pool) => Pool.toJSON(pool)),
    policies: policies.map((policy) => Policy.toJSON(policy)),
    experiments: experiments.map((experiment) => Experiment.toJSON(experiment)),
    priceBook: GetPriceBookResponse.toJSON(priceBookMessage(priceBook)),
    healthVersion,
    health: [...health],
  });
}

interface StoredSnapshot {
  readonly configurationVersion?: string;
  /** Before there were pools and policies: the version of the providers alone. */
  readonly providersVersion?: string;
  readonly providers: readonly unknown[];
  readonly pools?: readonly unknown[];
  readonly policies?: readonly unknown[];
  readonly experiments?: readonly unknown[];
  readonly priceBook: unknown;
  readonly healthVersion: string;
  readonly health: [string, HealthState][];
}

function parse(text: string): StoredParts {
  const stored = JSON.parse(text) as StoredSnapshot;
  return {
    configurationVersion: stored.configurationVersion ?? stored.providersVersion ?? '',
    providers: stored.providers.map((provider) => Provider.fromJSON(provider)),
    pools: (stored.pools ?? []).map((pool) => Pool.fromJSON(pool)),
    policies: (stored.policies ?? []).map((policy) => Policy.fromJSON(policy)),
    experiments: (stored.experiments ?? []).map((experiment) => Experiment.fromJSON(experiment)),
    priceBook: priceBookOf(GetPriceBookResponse.fromJSON(stored.priceBook)),
    healthVersion: stored.healthVersion,
    health: new Map(stored.health),
  };
}
