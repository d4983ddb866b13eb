import type { Clock } from '@switchyard/kernel';
import type { RawFiles } from '@switchyard/llm/catalog-refresh';
import type { Logger, PartState } from '@switchyard/service-kit';
import type { PriceRefreshEvents } from './events.ts';
import type { MergeAnswer, MergeTask } from './merge-in-worker.ts';
import type { PriceRefreshStatus, PriceRefreshStore } from './ports.ts';

export interface PriceRefresherOptions {
  readonly store: PriceRefreshStore;
  /** From 1. */
  readonly everyHours: number;
  readonly leastKeptPercent: number;
  /** Digest of the bundled catalog's prices. */
  readonly bundledDigest: string;
  readonly fetchFiles: (signal: AbortSignal) => Promise<RawFiles>;
  readonly merge: (task: MergeTask, signal: AbortSignal) => Promise<MergeAnswer>;
  /** Makes what the store has the price book in force. */
  readonly adopt: () => Promise<void>;
  readonly events: PriceRefreshEvents;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often it is looked whether a refresh is due, and how the last one of any replica ended. */
const LOOK_MS = 60_000;
/** And how soon again where the database cannot be asked. */
const RETRY_MS = 5_000;
/** Longest text of a failure that is kept. */
const MAX_FAILURE = 2_000;
/** Prices set aside that a log line names. */
const MAX_NAMED = 50;

/** Refreshes prices from the catalog's sources on a schedule, at one replica at a time. The present prices stay until new ones are whole. */
export class PriceRefresher {
  readonly #options: PriceRefresherOptions;
  readonly #stopping = new AbortController();
  #status: PriceRefreshStatus | undefined;
  /** New prices are kept and not in force yet: the database went away in between. */
  #unadopted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PriceRefresherOptions) {
    this.#options = options;
    void this.#look();
  }

  /** How the last refresh ended, whichever replica did it. */
  get state(): PartState {
    if (this.#status === undefined) return { ok: true, detail: 'not known yet' };
    const { failure, refreshedAt, setAside } = this.#status;
    const last =
      refreshedAt === undefined
        ? 'never refreshed'
        : `of ${refreshedAt.toISOString()}, ${setAside} prices set aside`;
    if (failure === undefined) return { ok: true, detail: last };
    return { ok: false, detail: `the last refresh failed: ${failure}; prices stay as they are: ${last}` };
  }

  /** Gives up what is under way, and looks no more. */
  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { store, everyHours, bundledDigest, adopt, events, log } = this.#options;
    let nextMs = LOOK_MS;
    try {
      if (await store.claim({ everyHours, bundledDigest })) await this.#refresh();
      if (this.#unadopted) await adopt();
      this.#unadopted = false;
      this.#status = await store.status();
      events.seen(this.#status);
    } catch (error) {
      log.warn({ err: error }, 'whether a refresh of prices is due cannot be told; trying again');
      nextMs = RETRY_MS;
    }
    if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => void this.#look(), nextMs).unref();
  }

  async #refresh(): Promise<void> {
    const { store, events, log } = this.#options;
    try {
      await this.#renew();
      this.#unadopted = true;
      events.refreshed('succeeded');
    } catch (error) {
      const why = (error as Error).message.slice(0, MAX_FAILURE);
      events.refreshed('failed');
      log.error({ err: error }, 'prices were not refreshed; the present ones stay in force');
      // Of a service that is stopped another replica takes over, as soon as a failure may be tried again.
      await store.fail(why);
    }
  }

  async #renew(): Promise<void> {
    const { store, bundledDigest, leastKeptPercent, fetchFiles, merge, clock, log } = this.#options;
    const { signal } = this.#stopping;
    const files = await fetchFiles(signal);
    const day = new Date(clock.wallMs()).toISOString().slice(0, 10);
    const present = await store.read(bundledDigest);
    const answer = await merge({ files, day, present, leastKeptPercent }, signal);
    if ('refusal' in answer) throw new Error(`refused: ${answer.refusal}`);
    const { prices, setAside } = answer.guarded;
    await store.succeed({ bundledDigest, prices, setAside: setAside.length });
    const named = setAside
      .slice(0, MAX_NAMED)
      .map(
        ({ provider, model, kind, before, after }) => `${provider}/${model} ${kind}: ${before} → ${after}`,
      );
    const counts = {
      offerings: prices.length,
      quarantinedVotes: answer.quarantined,
      setAside: setAside.length,
    };
    log.info({ ...counts, named }, 'prices were refreshed from their sources');
  }
}
