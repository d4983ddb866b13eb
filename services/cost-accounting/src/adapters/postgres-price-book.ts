import { type OfferingPrice, PriceTier } from '@switchyard/contracts/cost';
import { type Postgres, type Transaction, waitForLocks } from '@switchyard/service-kit';
import { nextPriceVersion } from '../domain/price/price-version.ts';
import type { CatalogPrices, PriceBook, PriceBookStore } from '../ports.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { plainArray, textArray } from './postgres-arrays.ts';
import { readPriceTerms } from './postgres-price-terms.ts';

const CURRENT = `SELECT version, catalog_digest FROM cost_accounting.price_books ORDER BY version DESC LIMIT 1`;
const CURRENT_WITH_TERMS = `
  SELECT book.version, terms.version AS terms
  FROM (SELECT version FROM cost_accounting.price_books ORDER BY version DESC LIMIT 1) AS book, cost_accounting.price_terms_version AS terms`;
/** As long as another may take to write a catalog's prices. */
const LOCK_WAIT_MS = 10_000;
/** Two replicas that start at once make one version, not two. */
const LOCK = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.priceBook})`;
const ADD_VERSION = 'INSERT INTO cost_accounting.price_books (version, catalog_digest) VALUES ($1, $2)';

type PriceKind = Exclude<keyof OfferingPrice, 'provider' | 'model' | 'source' | 'tiers' | '_unknownFields'>;
/** Kinds of prices and their columns. */
const KINDS: readonly (readonly [PriceKind, string])[] = [
  ['input', 'input'],
  ['output', 'output'],
  ['cacheRead', 'cache_read'],
  ['cacheWrite', 'cache_write'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['reasoning', 'reasoning'],
  ['inputAudio', 'input_audio'],
  ['outputAudio', 'output_audio'],
  ['request', 'request'],
  ['query', 'query'],
  ['outputImage', 'output_image'],
  ['inputImageToken', 'input_image_token'],
  ['outputImageToken', 'output_image_token'],
  ['inputAudioSecond', 'input_audio_second'],
  ['outputAudioSecond', 'output_audio_second'],
  ['inputCharacter', 'input_character'],
];
const COLUMNS = KINDS.map(([, column]) => column).join(', ');
const ADD_PRICES = `
  INSERT INTO cost_accounting.prices (version, provider, model, source, tiers, ${COLUMNS})
  SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], ${KINDS.map((_, i) => `$${i + 6}::bigint[]`).join(', ')})`;
const READ = `
  SELECT provider, model, source, tiers, ${COLUMNS} FROM cost_accounting.prices
  WHERE version = $1 ORDER BY provider COLLATE "C", model COLLATE "C"`;

/** A row of `prices`: bigint as text. */
interface PriceRow {
  readonly [column: string]: unknown;
  readonly tiers: readonly unknown[];
}

/** Price books in Postgres: versions are added, never changed. */
export class PostgresPriceBookStore implements PriceBookStore {
  readonly #postgres: Postgres;
  readonly #wallMs: () => number;

  constructor(postgres: Postgres, wallMs: () => number) {
    this.#postgres = postgres;
    this.#wallMs = wallMs;
  }

  currentVersion(): Promise<string | undefined> {
    return this.#postgres.asSystem(readPriceVersion);
  }

  read(version: string): Promise<PriceBook> {
    return this.#postgres.asSystem(async (transaction) => {
      // What stands behind the dot is how often terms were changed.
      const [book] = version.split('.');
      const { rows } = await transaction.query<PriceRow>(READ, [book]);
      const terms = await readPriceTerms(transaction, this.#wallMs());
      return { version, prices: rows.map(toOfferingPrice), terms };
    });
  }

  adopt({ digest, prices }: CatalogPrices): Promise<string> {
    return this.#postgres.asSystem(async (transaction) => {
      await waitForLocks(transaction, LOCK_WAIT_MS);
      await transaction.query(LOCK);
      const { rows } = await transaction.query<{ version: string; catalog_digest: string }>(CURRENT);
      const [current] = rows;
      if (current?.catalog_digest === digest) return current.version;
      const version = nextPriceVersion(current?.version);
      await transaction.query(ADD_VERSION, [version, digest]);
      await addPrices(transaction, version, prices);
      return version;
    });
  }
}

/** Version of the price book in force; undefined before the first. */
export async function readPriceVersion(transaction: Transaction): Promise<string | undefined> {
  const { rows } = await transaction.query<{ version: string; terms: string }>(CURRENT_WITH_TERMS);
  const [row] = rows;
  return row && (row.terms === '0' ? row.version : `${row.version}.${row.terms.padStart(10, '0')}`);
}

async function addPrices(
  transaction: Transaction,
  version: string,
  prices: readonly OfferingPrice[],
): Promise<void> {
  await transaction.query(ADD_PRICES, [
    version,
    textArray(prices.map(({ provider }) => provider)),
    textArray(prices.map(({ model }) => model)),
    textArray(prices.map(({ source }) => source)),
    textArray(prices.map(({ tiers }) => JSON.stringify(tiers.map((tier) => PriceTier.toJSON(tier))))),
    ...KINDS.map(([kind]) => plainArray(prices.map((price) => price[kind]))),
  ]);
}

function toOfferingPrice(row: PriceRow): OfferingPrice {
  const kinds = KINDS.map(([kind, column]) => {
    const price = row[column];
    return [kind, typeof price === 'string' ? BigInt(price) : undefined];
  });
  const { provider, model, source } = row;
  const tiers = row.tiers.map((tier) => PriceTier.fromJSON(tier));
  return { provider, model, source, tiers, ...Object.fromEntries(kinds) } as OfferingPrice;
}
