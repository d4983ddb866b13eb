import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { SealedDay } from '../domain/chargeback/statement.ts';
import {
  type DayContents,
  type LedgerSeal,
  type VerifiedDay,
  verifyDay,
} from '../domain/ledger/ledger-seal.ts';
import type { Period } from '../domain/period.ts';
import type { LedgerSeals } from '../ports.ts';

/** Hashing ten million entries takes the better part of a minute. */
const HASH_TIMEOUT_MS = 600_000;

const COLUMNS = `to_char(day, 'YYYY-MM-DD') AS day, entries, amount_nano_usd, encode(hash, 'hex') AS hash, sealed_at`;
const LAST_SEAL =
  'FROM cost_accounting.ledger_seals AS seal WHERE seal.day = $1::date ORDER BY id DESC LIMIT 1';

// Entries are only added, and roll-ups are written with them: a day whose roll-up counts as many as its seal is as it was sealed.
const DAYS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, counted.entries, sealed.entries AS sealed, encode(sealed.hash, 'hex') AS hash
  FROM (
    SELECT day, sum(entries) AS entries FROM (
      SELECT day, entries FROM cost_accounting.rollup_days WHERE day >= $1 AND day < $2
      UNION ALL
      SELECT (hour AT TIME ZONE 'UTC')::date, entries FROM cost_accounting.rollup_parts
      WHERE (hour AT TIME ZONE 'UTC')::date >= $1 AND (hour AT TIME ZONE 'UTC')::date < $2
    ) AS part GROUP BY day
  ) AS counted
  LEFT JOIN LATERAL (
    SELECT seal.entries, seal.hash FROM cost_accounting.ledger_seals AS seal WHERE seal.day = counted.day ORDER BY id DESC LIMIT 1
  ) AS sealed ON true
  ORDER BY day`;

const BROKEN_SEALS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day FROM (
    SELECT *, lag(chain, 1, ''::bytea) OVER (ORDER BY id) AS before FROM cost_accounting.ledger_seals
  ) AS seals
  WHERE chain <> cost_accounting.chain_of_seal(before, day, entries, amount_nano_usd, hash) ORDER BY id LIMIT 100`;

interface DayRow {
  readonly day: string;
  readonly entries: string;
  readonly sealed: string | null;
  readonly hash: string | null;
}

interface ContentsRow {
  readonly day: string;
  readonly entries: string;
  readonly amount_nano_usd: string;
  readonly hash: string;
}

interface SealRow extends ContentsRow {
  readonly sealed_at: Date;
}

/** Seals of whole days of the ledger, each over the one before. */
export class PostgresLedgerSeals implements LedgerSeals {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** The period's days that have entries, sealed as they are now. */
  async seal(period: Period): Promise<SealedDay[]> {
    for (const { day } of (await this.#days(period)).filter(isUnsealed)) await this.#seal(day);
    return (await this.#days(period)).map(({ day, sealed, hash }) => ({
      day,
      entries: BigInt(sealed ?? 0),
      sha256: hash ?? '',
    }));
  }

  async sealNext(period: Period): Promise<LedgerSeal | undefined> {
    const day = (await this.#days(period)).find(isUnsealed)?.day;
    return day === undefined ? undefined : this.#seal(day);
  }

  verify(day: string): Promise<VerifiedDay> {
    return this.#postgres.asSystem(async (transaction) => {
      const text = `SELECT $1::text AS day, entries, amount_nano_usd, encode(hash, 'hex') AS hash FROM cost_accounting.hash_ledger_day($1::text::date)`;
      const now = contentsOf(await readWholeDay<ContentsRow>(transaction, text, day));
      const [sealed] = (await transaction.query<SealRow>(`SELECT ${COLUMNS} ${LAST_SEAL}`, [day])).rows;
      return verifyDay(now, sealed === undefined ? undefined : sealOf(sealed));
    });
  }

  async brokenSeals(): Promise<readonly string[]> {
    const { rows } = await this.#postgres.asSystem((transaction) =>
      transaction.query<{ day: string }>(BROKEN_SEALS),
    );
    return rows.map(({ day }) => day);
  }

  #days({ fromMs, toMs }: Period): Promise<DayRow[]> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<DayRow>(DAYS, [dateOf(fromMs), dateOf(toMs)]);
      return rows;
    });
  }

  /** Another replica may be at it: then it is sealed twice with the same, which does no harm. */
  #seal(day: string): Promise<LedgerSeal> {
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(`SET LOCAL lock_timeout = ${HASH_TIMEOUT_MS}`);
      const text = `SELECT ${COLUMNS} FROM cost_accounting.seal_ledger_day($1::text::date)`;
      return sealOf(await readWholeDay<SealRow>(transaction, text, day));
    });
  }
}

/** One row, of a statement that reads a whole day, however long that takes. */
async function readWholeDay<Row extends ContentsRow>(
  transaction: Transaction,
  text: string,
  day: string,
): Promise<Row> {
  await transaction.query(`SET LOCAL statement_timeout = ${HASH_TIMEOUT_MS}`);
  // pg takes a time limit of one statement; its types do not know it.
  const statement = { text, values: [day], query_timeout: HASH_TIMEOUT_MS };
  return (await transaction.query<Row & Record<string, unknown>>(statement)).rows[0] as Row;
}

const isUnsealed = ({ entries, sealed }: DayRow): boolean => entries !== sealed;

const contentsOf = ({ day, entries, amount_nano_usd, hash }: ContentsRow): DayContents => ({
  day,
  entries: BigInt(entries),
  amountNanoUsd: BigInt(amount_nano_usd),
  hash,
});

const sealOf = (row: SealRow): LedgerSeal => ({ ...contentsOf(row), sealedAt: row.sealed_at });

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
