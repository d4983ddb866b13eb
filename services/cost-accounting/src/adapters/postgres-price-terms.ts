import type { Postgres, Transaction } from '@switchyard/service-kit';
import { overlap, type StatedTerm } from '../domain/price/stated-term.ts';
import { tooManyPriceTerms } from '../errors.ts';
import type { CreatedTerm, PriceTermStore } from '../ports.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { type PriceTermRow, termOfRow, termValues } from './price-term-row.ts';

/** Whoever makes terms waits for who makes others: none of them overlap. */
const LOCK = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.priceTerms})`;
const MAX_TERMS = 1_000;
const LIST = `
  SELECT * FROM cost_accounting.price_terms
  WHERE effective_until IS NULL OR (effective_until > $1 AND effective_until > effective_from) ORDER BY id LIMIT ${MAX_TERMS}`;
const INSERT = `
  INSERT INTO cost_accounting.price_terms (id, description, tenant, provider, model, effective_from, effective_until, windows,
    time_zone, discount_ppm, prices)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`;
// What is yet to begin ends as it begins: it never holds.
const END = `
  UPDATE cost_accounting.price_terms SET effective_until = greatest(effective_from, $2)
  WHERE id = $1 AND (effective_until IS NULL OR (effective_until > $2 AND effective_until > effective_from))`;
const COUNT_UP = 'UPDATE cost_accounting.price_terms_version SET version = version + 1';

/** Terms of prices in Postgres: made and ended, never changed. */
export class PostgresPriceTerms implements PriceTermStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  create(term: StatedTerm, nowMs: number): Promise<CreatedTerm> {
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(LOCK);
      const there = await readPriceTerms(transaction, nowMs);
      if (there.length >= MAX_TERMS) throw tooManyPriceTerms(MAX_TERMS);
      const other = there.find((one) => one.id !== term.id && overlap(one, term));
      if (other !== undefined) return { kind: 'overlaps', id: other.id };
      const { rowCount } = await transaction.query(INSERT, termValues(term));
      if (rowCount !== 1) return { kind: 'exists' };
      await transaction.query(COUNT_UP);
      return { kind: 'created' };
    });
  }

  end(id: string, nowMs: number): Promise<boolean> {
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(LOCK);
      const { rowCount } = await transaction.query(END, [id, new Date(nowMs)]);
      if (rowCount !== 1) return false;
      await transaction.query(COUNT_UP);
      return true;
    });
  }

  list(nowMs: number): Promise<readonly StatedTerm[]> {
    return this.#postgres.asSystem((transaction) => readPriceTerms(transaction, nowMs));
  }
}

/** Terms that hold or are yet to, by id. */
export async function readPriceTerms(
  transaction: Transaction,
  nowMs: number,
): Promise<readonly StatedTerm[]> {
  const { rows } = await transaction.query<PriceTermRow>(LIST, [new Date(nowMs)]);
  return rows.map(termOfRow);
}
