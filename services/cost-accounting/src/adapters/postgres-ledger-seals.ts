import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { SealedDay } from '../domain/chargeback/statement.ts';
import type { Period } from '../domain/period.ts';

/** Longest time to read a day. */
const SEAL_TIMEOUT_MS = 600_000;
const LOCK = 7_246_005;

// An entry is known by its number, what its record was, and its amount, which adjustments have without a record.
const SEAL = `
  INSERT INTO cost_accounting.ledger_days AS known (day, entries, sha256)
  SELECT $1::date, coalesce(sum(entries), 0), sha256(coalesce(string_agg(hash, ''::bytea ORDER BY minute), ''::bytea))
  FROM (
    SELECT date_trunc('minute', occurred_at, 'UTC') AS minute, count(*) AS entries,
      sha256(string_agg(
        convert_to(outbox_id || '/' || sequence || '/' || coalesce(amount_nano_usd::text, '') || '/', 'UTF8') || digest, ''::bytea
        ORDER BY outbox_id COLLATE "C", sequence)) AS hash
    FROM cost_accounting.ledger WHERE occurred_on = $1::date GROUP BY 1
  ) AS minutes
  ON CONFLICT (day) DO UPDATE SET entries = excluded.entries, sha256 = excluded.sha256, sealed_at = now()`;

// Entries are only added: a day whose roll-up counts as many as its seal is as it was sealed.
const DAYS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, counted.entries, sealed.entries AS sealed, encode(sealed.sha256, 'hex') AS sha256
  FROM (
    SELECT day, sum(entries) AS entries FROM (
      SELECT day, entries FROM cost_accounting.rollup_days WHERE day >= $1 AND day < $2
      UNION ALL
      SELECT (hour AT TIME ZONE 'UTC')::date, entries FROM cost_accounting.rollup_parts
      WHERE (hour AT TIME ZONE 'UTC')::date >= $1 AND (hour AT TIME ZONE 'UTC')::date < $2
    ) AS part GROUP BY day
  ) AS counted LEFT JOIN cost_accounting.ledger_days AS sealed USING (day)
  ORDER BY day`;

interface DayRow {
  readonly day: string;
  readonly entries: string;
  readonly sealed: string | null;
  readonly sha256: string | null;
}

/** Seals of whole days of the ledger. */
export class PostgresLedgerSeals {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** The period's days that have entries, sealed as they are now. */
  async seal(period: Period): Promise<SealedDay[]> {
    for (const { day } of (await this.#days(period)).filter(isUnsealed)) await this.#seal(day);
    return (await this.#days(period)).map(({ day, sealed, sha256 }) => ({
      day,
      entries: BigInt(sealed ?? 0),
      sha256: sha256 ?? '',
    }));
  }

  /** Seals the first day of a period that is not, unless another replica is at it. @returns whether there was one */
  async sealNext(period: Period): Promise<boolean> {
    const day = (await this.#days(period)).find(isUnsealed)?.day;
    return day !== undefined && (await this.#seal(day));
  }

  #days({ fromMs, toMs }: Period): Promise<DayRow[]> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<DayRow>(DAYS, [dateOf(fromMs), dateOf(toMs)]);
      return rows;
    });
  }

  #seal(day: string): Promise<boolean> {
    return this.#postgres.asSystem(async (transaction) => {
      if (!(await lock(transaction))) return false;
      await transaction.query(`SET LOCAL statement_timeout = ${SEAL_TIMEOUT_MS}`);
      // pg takes a time limit of one statement; its types do not know it.
      const statement = { text: SEAL, values: [day], query_timeout: SEAL_TIMEOUT_MS };
      await transaction.query(statement);
      return true;
    });
  }
}

const isUnsealed = ({ entries, sealed }: DayRow): boolean => entries !== sealed;

async function lock(transaction: Transaction): Promise<boolean> {
  const { rows } = await transaction.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine`,
  );
  return rows[0]?.mine === true;
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
