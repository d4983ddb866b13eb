import type { Clock } from '@switchyard/kernel';
import type { Foundation, Postgres } from '@switchyard/service-kit';
import { PostgresPriceBookStore } from './adapters/postgres-price-book.ts';
import { PostgresPriceRefreshStore } from './adapters/postgres-price-refresh.ts';
import type { CostAccountingConfig } from './config.ts';
import { catalogPrices, digested } from './domain/price/catalog-prices.ts';
import { layOverlay } from './domain/price/lay-overlay.ts';
import { PriceRefreshEvents } from './events.ts';
import { mergeInWorker } from './merge-in-worker.ts';
import type { CatalogPrices, PriceRefreshStore } from './ports.ts';
import { PriceBookKeeper } from './price-book-keeper.ts';
import { PriceRefresher } from './price-refresher.ts';

/** What prices are kept with. */
export interface PricesOptions {
  readonly foundation: Foundation;
  readonly config: CostAccountingConfig;
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly overrides: {
    readonly catalog?: CatalogPrices | undefined;
    readonly leastKeptPercent?: number;
  };
}

/** Keeps the price book, and refreshes it where that is configured. */
export async function startPrices(options: PricesOptions): Promise<PriceBookKeeper> {
  const { foundation, config, postgres, clock, overrides } = options;
  const { bus, names, log, readiness, stack } = foundation;
  const refreshes = new PostgresPriceRefreshStore(postgres);
  const { catalog, bundledDigest } = await readPrices(config, overrides.catalog);
  const prices = new PriceBookKeeper({
    store: new PostgresPriceBookStore(postgres, () => clock.wallMs()),
    prices: async () => {
      const refreshed = await refreshes.read(bundledDigest);
      return refreshed === undefined ? catalog : digested(layOverlay(refreshed, catalog.prices));
    },
    bus,
    names,
    log,
  });
  stack.defer(() => prices.stop());
  readiness.want('prices', () => prices.state);
  if (config.priceRefreshHours > 0) await startRefresher(options, { prices, refreshes, bundledDigest });
  return prices;
}

/** The catalog is large: it is read only where it is used. */
async function readPrices({ catalogOverlay }: CostAccountingConfig, given: CatalogPrices | undefined) {
  if (given !== undefined) return { catalog: given, bundledDigest: given.digest };
  const { openCatalog } = await import('./adapters/open-catalog.ts');
  const { digest } = catalogPrices(openCatalog(undefined));
  return { catalog: catalogPrices(openCatalog(catalogOverlay)), bundledDigest: digest };
}

interface Refreshed {
  readonly prices: PriceBookKeeper;
  readonly refreshes: PriceRefreshStore;
  readonly bundledDigest: string;
}

/** What reads the sources is loaded only where they are read. */
async function startRefresher(
  { foundation, config, clock, overrides }: PricesOptions,
  { prices, refreshes, bundledDigest }: Refreshed,
): Promise<void> {
  const { log, metrics, readiness, stack } = foundation;
  const { LEAST_KEPT_PERCENT } = await import('@switchyard/llm/catalog-refresh');
  const { openPriceSources } = await import('./adapters/price-sources.ts');
  const sources = openPriceSources(config.priceOrigins);
  stack.defer(() => sources.close());
  const refresher = new PriceRefresher({
    store: refreshes,
    everyHours: config.priceRefreshHours,
    leastKeptPercent: overrides.leastKeptPercent ?? LEAST_KEPT_PERCENT,
    bundledDigest,
    fetchFiles: sources.fetch,
    merge: mergeInWorker,
    adopt: () => prices.adopt(),
    events: new PriceRefreshEvents(metrics),
    clock,
    log,
  });
  stack.defer(() => refresher.stop());
  readiness.want('price_refresh', () => refresher.state);
}
