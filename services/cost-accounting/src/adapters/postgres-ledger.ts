import { type Postgres, type Transaction, waitForLocks } from '@switchyard/service-kit';
import type { EntryOfOutbox } from '../domain/budget/count-usage.ts';
import { admitRecords } from '../domain/intake/admit-records.ts';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import { countOnce } from '../domain/intake/settled-before.ts';
import type { CommittedBatch, Ledger, LedgerBatch } from '../ports.ts';
import { isMissingPartition, isRejectedData } from './database-rejection.ts';
import { dayOf, type NumberedEntry } from './ledger-columns.ts';
import { advanceOutboxes } from './postgres-advance-outboxes.ts';
import type { PostgresBudgetIndex } from './postgres-budget-index.ts';
import { findBookedCalls } from './postgres-find-booked-calls.ts';
import { findConflicts } from './postgres-find-conflicts.ts';
import { insertEntries } from './postgres-insert-entries.ts';
import { insertQuarantine, type QuarantineRow } from './postgres-insert-quarantine.ts';
import type { LedgerDays } from './postgres-ledger-days.ts';
import { lockOutboxes } from './postgres-lock-outboxes.ts';
import { spendBudgets } from './postgres-spend-budgets.ts';

/** What the ledger keeps up to date beside its rows. */
export interface LedgerParts {
  readonly days: LedgerDays;
  readonly budgets: PostgresBudgetIndex;
}

/** The ledger in Postgres. */
export class PostgresLedger implements Ledger {
  readonly #postgres: Postgres;
  readonly #days: LedgerDays;
  readonly #budgets: PostgresBudgetIndex;

  constructor(postgres: Postgres, { days, budgets }: LedgerParts) {
    this.#postgres = postgres;
    this.#days = days;
    this.#budgets = budgets;
  }

  async commit(batch: LedgerBatch): Promise<CommittedBatch> {
    try {
      await this.#days.ensure(daysOf(batch.records));
      return await this.#postgres.asSystem((transaction) => commitBatch(transaction, batch, this.#budgets));
    } catch (error) {
      if (isMissingPartition(error)) this.#days.forget();
      if (!isRejectedData(error)) throw error;
      return this.#commitApart(batch, error as Error);
    }
  }

  /** Something in a batch was refused: halves, down to the one record, which is set aside. The rest is not held up. */
  async #commitApart({ records, nameless }: LedgerBatch, error: Error): Promise<CommittedBatch> {
    const [only] = records;
    if (only === undefined) throw error;
    if (records.length === 1) {
      if (!only.verdict.ok) throw error;
      const poison = { reason: 'rejected_by_database', detail: error.message } as const;
      return this.commit({ records: [{ ...only, verdict: { ok: false, error: poison } }], nameless });
    }
    const middle = records.length >>> 1;
    const first = await this.commit({ records: records.slice(0, middle), nameless });
    const second = await this.commit({ records: records.slice(middle), nameless: [] });
    return {
      entries: [...first.entries, ...second.entries],
      duplicates: first.duplicates + second.duplicates,
      quarantined: [...first.quarantined, ...second.quarantined],
    };
  }
}

const MS_PER_DAY = 24 * 3_600_000;

/** Batches of the same outboxes wait for each other as a matter of course; nobody waits for an answer meanwhile. */
const LOCK_WAIT_MS = 10_000;

async function commitBatch(
  transaction: Transaction,
  batch: LedgerBatch,
  budgets: PostgresBudgetIndex,
): Promise<CommittedBatch> {
  await waitForLocks(transaction, LOCK_WAIT_MS);
  const outboxIds = [...new Set(batch.records.map(({ outboxId }) => outboxId))];
  const committed = await lockOutboxes(transaction, outboxIds);
  const { fresh: admitted, seen, after } = admitRecords(batch.records, committed);
  const fresh = countOnce(admitted, await findBookedCalls(transaction, admitted));
  const entries = entriesOf(fresh);
  const before = keysOf(await insertEntries(transaction, entries));
  const fromFresh = fresh.filter((record) => !record.verdict.ok).map(quarantined);
  const setAside = await insertQuarantine(transaction, [...fromFresh, ...batch.nameless.map(nameless)]);
  // An entry that was there although its number was not known as committed: the watermark was behind the table.
  const [unexpected, booked] = before.size === 0 ? [[], entries] : divide(entries, before);
  const newEntries = booked.map(({ record }) => record);
  const suspects = [...seen, ...unexpected.map(({ record }) => record)];
  const conflicts = await findConflicts(transaction, suspects);
  const alarms = await insertQuarantine(transaction, conflicts.map(conflicting));
  await spendBudgets(transaction, booked.map(entryOfOutbox), budgets);
  const counts = countByOutbox(newEntries);
  await advanceOutboxes(
    transaction,
    [...after].map(([outboxId, committed]) => ({
      outboxId,
      committed,
      newEntries: counts.get(outboxId) ?? 0,
    })),
  );
  return {
    entries: newEntries,
    duplicates: suspects.length - conflicts.length,
    quarantined: [...setAside, ...alarms],
  };
}

function entriesOf(records: readonly NumberedRecord[]): NumberedEntry[] {
  const entries: NumberedEntry[] = [];
  for (const record of records) {
    if (!record.verdict.ok) continue;
    const entry = record.verdict.value;
    entries.push({ record, entry, occurredAt: new Date(entry.occurredAtMs).toISOString() });
  }
  return entries;
}

/** Days of what may be booked, such as `2026-07-02`. */
function daysOf(records: readonly NumberedRecord[]): string[] {
  const days = new Set<number>();
  for (const { verdict } of records)
    if (verdict.ok) days.add(Math.floor(verdict.value.occurredAtMs / MS_PER_DAY));
  return [...days].map((day) => dayOf(new Date(day * MS_PER_DAY).toISOString()));
}

/** Those of some keys, and the others. */
function divide(
  entries: readonly NumberedEntry[],
  keys: ReadonlySet<string>,
): [NumberedEntry[], NumberedEntry[]] {
  const { of = [], others = [] } = Object.groupBy(entries, ({ record }) =>
    keys.has(keyOf(record)) ? 'of' : 'others',
  );
  return [of, others];
}

function countByOutbox(records: readonly NumberedRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { outboxId } of records) counts.set(outboxId, (counts.get(outboxId) ?? 0) + 1);
  return counts;
}

const entryOfOutbox = ({ record, entry }: NumberedEntry): EntryOfOutbox => ({
  outboxId: record.outboxId,
  entry,
});

const keyOf = ({ outboxId, sequence }: NumberedRecord): string => `${sequence}/${outboxId}`;
const keysOf = (keys: readonly (readonly [string, number])[]): Set<string> =>
  new Set(keys.map(([outboxId, sequence]) => `${sequence}/${outboxId}`));

function quarantined(record: NumberedRecord): QuarantineRow {
  const { outboxId, sequence, digest, bytes, verdict } = record;
  if (verdict.ok) throw new TypeError('an entry is booked, not set aside');
  return { outboxId, sequence, digest, bytes, poison: verdict.error };
}

const nameless = (poison: LedgerBatch['nameless'][number]): QuarantineRow => ({
  ...poison,
  sequence: undefined,
});

const conflicting = ({ outboxId, sequence, digest, bytes }: NumberedRecord): QuarantineRow => ({
  outboxId,
  sequence,
  digest,
  bytes,
  poison: { reason: 'digest_conflict', detail: 'another record was committed under this number' },
});
