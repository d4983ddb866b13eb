import { createHash } from 'node:crypto';
import type { BusNames } from '@switchyard/contracts';
import { GetPriceBookResponse } from '@switchyard/contracts/cost';
import { announceState, type Bus, type Logger, type PartState } from '@switchyard/service-kit';
import { priceBookNotReady } from './errors.ts';
import type { CatalogPrices, PriceBook, PriceBookStore } from './ports.ts';
import { priceBookMessage } from './rpc/price-term-message.ts';

export interface PriceBookKeeperOptions {
  readonly store: PriceBookStore;
  /** Prices to adopt: the catalog's, or what was refreshed since, with the operator's overlay. */
  readonly prices: () => Promise<CatalogPrices>;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly log: Logger;
}

const RETRY_MS = 1_000;
/** How often the version is told again: a wiped bucket, or an older version that came last, is mended by it. */
const ANNOUNCE_MS = 10_000;

/** Adopts the catalog's prices at the start, knows the book in force, and tells everyone its version. */
export class PriceBookKeeper {
  readonly #options: PriceBookKeeperOptions;
  /** The last book that was read: it serves while the database is away. */
  #book: PriceBook | undefined;
  #digest = '';
  #adopted = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PriceBookKeeperOptions) {
    this.#options = options;
    void this.#adoptFirst();
    options.bus.onConnect(() => this.#announce());
  }

  /** Whether there is a price book. */
  get state(): PartState {
    if (this.#book === undefined) return { ok: false, detail: 'no price book yet' };
    return { ok: true, detail: `version ${this.#book.version}` };
  }

  /**
   * The price book in force: the database's, whichever replica changed it last.
   * @throws PRICE_BOOK_NOT_READY before the first
   */
  async current(): Promise<PriceBook> {
    const { store, log } = this.#options;
    try {
      const version = await store.currentVersion();
      if (version === undefined) throw priceBookNotReady();
      if (this.#book?.version !== version) this.#keep(await store.read(version));
    } catch (error) {
      if (this.#book === undefined) throw error;
      log.warn({ err: error }, 'the price book cannot be read; serving the last one that was');
    }
    return this.#book as PriceBook;
  }

  /** Adopts the prices as they are now, and tells everyone at once where that makes a new version. */
  async adopt(): Promise<void> {
    const { store, prices, log } = this.#options;
    const before = this.#book?.version;
    const adopted = await prices();
    const version = await store.adopt(adopted);
    this.#adopted = true;
    await this.current();
    if (version === before) return;
    log.info({ version, offerings: adopted.prices.length }, 'the price book is in force');
    await this.#announce().catch((error: Error) => log.debug({ err: error }, 'prices were not announced'));
  }

  /** Terms were made or ended: tells everyone at once. */
  async termsChanged(): Promise<void> {
    const { log } = this.#options;
    await this.#announce().catch((error: Error) => log.debug({ err: error }, 'prices were not announced'));
  }

  /** Tells no more versions. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #keep(book: PriceBook): void {
    if (this.#book !== undefined && book.version <= this.#book.version) return;
    this.#book = book;
    this.#digest = createHash('sha256')
      .update(GetPriceBookResponse.encode(priceBookMessage(book)).finish())
      .digest('hex');
  }

  async #adoptFirst(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stopped && !this.#adopted) {
      try {
        await this.adopt();
      } catch (error) {
        log.warn({ err: error }, 'the price book cannot be made yet; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    if (!this.#stopped) await this.#announceAgain();
  }

  async #announceAgain(): Promise<void> {
    const { log } = this.#options;
    await this.#announce().catch((error: Error) => log.debug({ err: error }, 'prices were not announced'));
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#announceAgain(), ANNOUNCE_MS).unref();
  }

  async #announce(): Promise<void> {
    const { bus, names } = this.#options;
    if (!this.#adopted || !bus.isConnected) return;
    const { version } = await this.current();
    const key = { bus, bucket: names.stateBucket, key: names.stateKeys.prices };
    await announceState(key, { version, digest: this.#digest });
  }
}
