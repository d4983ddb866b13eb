import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { SealedDay } from '../domain/chargeback/statement.ts';
import {
  type DayContents,
  type LedgerSeal,
  type SealOutcome,
  type VerifiedDay,
  verifyDay,
} from '../domain/ledger/ledger-seal.ts';
import type { Period } from '../domain/period.ts';
import type { LedgerSeals, PassedDays } from '../ports.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { runLong } from './long-statement.ts';

const DAY_MS = 24 * 3_600_000;
/** As `seal_ledger_day` has it: whoever waits for it looks again at what there is to seal. */
const LOCK = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.seals})`;

const COLUMNS = `id, to_char(day, 'YYYY-MM-DD') AS day, entries, amount_nano_usd, encode(hash, 'hex') AS hash, sealed_at`;
const LAST_SEAL = `SELECT ${COLUMNS} FROM cost_accounting.ledger_seals AS seal WHERE seal.day = $1::date ORDER BY id DESC LIMIT 1`;
const CONTENTS = `
  SELECT $1::text AS day, entries, amount_nano_usd, encode(hash, 'hex') AS hash FROM cost_accounting.hash_ledger_day($1::text::date, $2)`;
const FORGOTTEN = 'SELECT FROM cost_accounting.forgotten_days WHERE day = $1';

// Entries are only added, and roll-ups are written with them: a day whose roll-up counts as many as its seal is as it was sealed.
const DAYS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, counted.entries, sealed.entries AS sealed, encode(sealed.hash, 'hex') AS hash,
    EXISTS (SELECT FROM cost_accounting.forgotten_days AS forgotten WHERE forgotten.day = counted.day) AS forgotten
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
  readonly forgotten: boolean;
}

interface ContentsRow extends Record<string, unknown> {
  readonly day: string;
  readonly entries: string;
  readonly amount_nano_usd: string;
  readonly hash: string;
}

interface SealRow extends ContentsRow {
  readonly id: string;
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
    for (const { day } of (await this.#days(period)).filter(isUnsealed)) await this.sealDay(day);
    return this.sealed(period);
  }

  async sealed(period: Period): Promise<SealedDay[]> {
    return (await this.#days(period)).map(({ day, sealed, hash }) => ({
      day,
      entries: BigInt(sealed ?? 0),
      sha256: hash ?? '',
    }));
  }

  async sealNext(period: Period, passed: PassedDays): Promise<SealOutcome | undefined> {
    const unsealed = (await this.#days(period)).filter(isUnsealed);
    for (const { day } of unsealed.filter((row) => passed.get(row.day) !== BigInt(row.entries))) {
      const outcome = await this.sealDay(day);
      // Another replica may have sealed it meanwhile.
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  sealDay(day: string): Promise<SealOutcome | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      await runLong(transaction, { text: LOCK });
      const [before] = await daysOf(transaction, dayPeriod(day));
      if (before === undefined || !isUnsealed(before)) return undefined;
      const text = `SELECT ${COLUMNS} FROM cost_accounting.seal_ledger_day($1::text::date)`;
      const [row] = await runLong<SealRow>(transaction, { text, values: [day] });
      // Entries may have come since.
      const [after = before] = await daysOf(transaction, dayPeriod(day));
      const counted = BigInt(after.entries);
      if (row === undefined || row.id === null) return { kind: 'changed', day, counted };
      const seal = sealOf(row);
      return { kind: isUnsealed(after) ? 'differs' : 'sealed', day, counted, seal };
    });
  }

  verify(day: string): Promise<VerifiedDay> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<SealRow>(LAST_SEAL, [day]);
      const [row] = rows;
      const now = await contentsNow(transaction, day, null);
      const isForgotten = (await transaction.query(FORGOTTEN, [day])).rowCount === 1;
      const isAsSealed = row === undefined || row.hash === now.hash || isForgotten;
      const covered = isAsSealed ? undefined : await contentsNow(transaction, day, row.id);
      const sealed = row && sealOf(row);
      return verifyDay({ now, sealed, coveredHash: covered?.hash, isForgotten });
    });
  }

  async brokenSeals(): Promise<readonly string[]> {
    const { rows } = await this.#postgres.asSystem((transaction) =>
      transaction.query<{ day: string }>(BROKEN_SEALS),
    );
    return rows.map(({ day }) => day);
  }

  #days(period: Period): Promise<DayRow[]> {
    return this.#postgres.asSystem((transaction) => daysOf(transaction, period));
  }
}

async function daysOf(transaction: Transaction, { fromMs, toMs }: Period): Promise<DayRow[]> {
  return (await transaction.query<DayRow>(DAYS, [dateOf(fromMs), dateOf(toMs)])).rows;
}

function dayPeriod(day: string): Period {
  const fromMs = Date.parse(`${day}T00:00:00Z`);
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** What a day has, or of that what a seal covers. */
async function contentsNow(transaction: Transaction, day: string, seal: string | null): Promise<DayContents> {
  const [row] = await runLong<ContentsRow>(transaction, { text: CONTENTS, values: [day, seal] });
  return contentsOf(row as ContentsRow);
}

/** Entries of days that were dropped cannot be sealed. */
const isUnsealed = ({ entries, sealed, forgotten }: DayRow): boolean => !forgotten && entries !== sealed;

const contentsOf = ({ day, entries, amount_nano_usd, hash }: ContentsRow): DayContents => ({
  day,
  entries: BigInt(entries),
  amountNanoUsd: BigInt(amount_nano_usd),
  hash,
});

const sealOf = (row: SealRow): LedgerSeal => ({ ...contentsOf(row), sealedAt: row.sealed_at });

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
