import type { Postgres, Transaction } from '@switchyard/service-kit';
import { type HeldLease, unattributedCosts } from '../domain/budget/unattributed.ts';
import { outboxClosed, outboxInUse, outboxNotFound } from '../errors.ts';
import type { LossDeclaration, LostOutbox, LostOutboxes } from '../ports.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { insertPlainLines, type PlainLine } from './insert-plain-lines.ts';
import type { LedgerDays } from './postgres-ledger-days.ts';

// A replica speaks for its outboxes once a second.
const FIND = `
  SELECT coalesce(report.closed, false) AS closed, lost.declared_at, report.replica,
    report.seen_at > now() - interval '5 minutes' AS in_use
  FROM (SELECT $1::text AS outbox_id) AS asked
  LEFT JOIN cost_accounting.outbox_reports AS report USING (outbox_id)
  LEFT JOIN cost_accounting.lost_outboxes AS lost USING (outbox_id)
  LEFT JOIN cost_accounting.outboxes AS known USING (outbox_id)
  WHERE report.outbox_id IS NOT NULL OR known.outbox_id IS NOT NULL
    OR EXISTS (SELECT FROM cost_accounting.budget_leases WHERE owner = $1)`;
const HELD = `
  SELECT budget.*, lease.start_ms, lease.granted - lease.returned - lease.settled AS held
  FROM cost_accounting.budget_leases AS lease JOIN cost_accounting.budgets AS budget ON budget.number = lease.budget
  WHERE lease.owner = $1 AND lease.granted > lease.returned + lease.settled ORDER BY budget.tenant, budget.id, lease.start_ms`;
const DECLARE = `
  INSERT INTO cost_accounting.lost_outboxes (outbox_id, key_id, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
const LOCK = 'SELECT lines FROM cost_accounting.lost_outboxes WHERE outbox_id = $1 FOR UPDATE';
const BOOKED = 'SELECT tenant, amount_nano_usd FROM cost_accounting.unattributed_costs WHERE outbox_id = $1';
const BOOK = `
  INSERT INTO cost_accounting.unattributed_costs (outbox_id, tenant, amount_nano_usd) VALUES ($1, $2, $3)
  ON CONFLICT (outbox_id, tenant) DO UPDATE SET amount_nano_usd = excluded.amount_nano_usd`;
const UP_TO_DATE = 'UPDATE cost_accounting.lost_outboxes SET lines = $2, left_over = $3 WHERE outbox_id = $1';
// Usage of theirs has come, or their file was found.
const CHANGED = `
  SELECT outbox_id FROM cost_accounting.lost_outboxes AS lost
  WHERE left_over > 0 AND left_over <> (SELECT coalesce(sum(granted - returned - settled), 0) FROM cost_accounting.budget_leases
    WHERE owner = lost.outbox_id AND granted > returned + settled)
  ORDER BY outbox_id LIMIT 100`;

/** Outboxes that were declared lost, in Postgres. */
export class PostgresLostOutboxes implements LostOutboxes {
  readonly #postgres: Postgres;
  readonly #days: LedgerDays;

  constructor(postgres: Postgres, days: LedgerDays) {
    this.#postgres = postgres;
    this.#days = days;
  }

  preview(outboxId: string): Promise<LostOutbox> {
    return this.#postgres.asSystem(async (transaction) => {
      const lostAt = await refuseLiving(transaction, outboxId);
      return lostAt === undefined
        ? { ...(await wouldBe(transaction, outboxId)), lostAt: undefined }
        : read(transaction, outboxId, lostAt);
    });
  }

  async declare(outboxId: string, { keyId, reason, nowMs }: LossDeclaration): Promise<LostOutbox> {
    await this.#days.ensure([new Date(nowMs).toISOString().slice(0, 10)]);
    return this.#postgres.asSystem(async (transaction) => {
      await refuseLiving(transaction, outboxId);
      const { rowCount } = await transaction.query(DECLARE, [outboxId, keyId, reason]);
      if (rowCount === 1) await bringUpToDate(transaction, outboxId, { nowMs, isFirst: true });
      const lostAt = await refuseLiving(transaction, outboxId);
      return read(transaction, outboxId, lostAt);
    });
  }

  async settle(nowMs: number): Promise<number> {
    const changed = await this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ outbox_id: string }>(CHANGED);
      return rows.map(({ outbox_id }) => outbox_id);
    });
    if (changed.length > 0) await this.#days.ensure([new Date(nowMs).toISOString().slice(0, 10)]);
    for (const outboxId of changed)
      await this.#postgres.asSystem((transaction) =>
        bringUpToDate(transaction, outboxId, { nowMs, isFirst: false }),
      );
    return changed.length;
  }
}

interface FoundRow {
  readonly closed: boolean;
  readonly declared_at: Date | null;
  readonly replica: string | null;
  readonly in_use: boolean | null;
}

/** @returns when it was declared lost; undefined where it was not */
async function refuseLiving(transaction: Transaction, outboxId: string): Promise<Date | undefined> {
  const { rows } = await transaction.query<FoundRow>(FIND, [outboxId]);
  const [found] = rows;
  if (found === undefined) throw outboxNotFound(outboxId);
  if (found.declared_at !== null) return found.declared_at;
  if (found.closed) throw outboxClosed(outboxId);
  if (found.in_use === true) throw outboxInUse(outboxId, found.replica ?? '');
  return undefined;
}

async function heldBy(transaction: Transaction, outboxId: string): Promise<HeldLease[]> {
  const { rows } = await transaction.query<BudgetRow & { readonly start_ms: string; readonly held: string }>(
    HELD,
    [outboxId],
  );
  return rows.map((row) => ({
    budget: budgetOfRow(row),
    startMs: Number(row.start_ms),
    amount: BigInt(row.held),
  }));
}

async function bookedFor(transaction: Transaction, outboxId: string): Promise<Map<string, bigint>> {
  const { rows } = await transaction.query<{ tenant: string; amount_nano_usd: string }>(BOOKED, [outboxId]);
  return new Map(rows.map(({ tenant, amount_nano_usd }) => [tenant, BigInt(amount_nano_usd)]));
}

async function wouldBe(transaction: Transaction, outboxId: string): Promise<Omit<LostOutbox, 'lostAt'>> {
  const held = await heldBy(transaction, outboxId);
  return { held, costs: unattributedCosts(held) };
}

async function read(
  transaction: Transaction,
  outboxId: string,
  lostAt: Date | undefined,
): Promise<LostOutbox> {
  const held = await heldBy(transaction, outboxId);
  return { held, costs: await bookedFor(transaction, outboxId), lostAt };
}

/**
 * Books what the outbox holds now against what is booked: at first as unattributed, and then, as usage comes all the same, less of it. Never
 * more: what a replica that is back is granted anew is its own.
 */
async function bringUpToDate(
  transaction: Transaction,
  outboxId: string,
  { nowMs, isFirst }: { readonly nowMs: number; readonly isFirst: boolean },
): Promise<void> {
  const { rows } = await transaction.query<{ lines: string }>(LOCK, [outboxId]);
  const before = Number(rows[0]?.lines ?? 0);
  const held = await heldBy(transaction, outboxId);
  const costs = unattributedCosts(held);
  const booked = await bookedFor(transaction, outboxId);
  const lines: PlainLine[] = [];
  for (const tenant of [...(isFirst ? costs : booked).keys()].sort()) {
    const known = booked.get(tenant) ?? 0n;
    const now = costs.get(tenant) ?? 0n;
    const amount = isFirst || now < known ? now : known;
    if (amount === known) continue;
    await transaction.query(BOOK, [outboxId, tenant, amount]);
    lines.push({
      ...{ sequence: before + lines.length + 1, tenant, line: isFirst ? 'unattributed' : 'adjust' },
      ...{ provider: '', model: '', amountNanoUsd: amount - known },
    });
  }
  const creditAccount = `unattributed:${outboxId}`;
  const source = `lost/${outboxId}`;
  await insertPlainLines(transaction, { source, creditAccount, purpose: 'unattributed', nowMs, lines });
  const leftOver = held.reduce((sum, { amount }) => sum + amount, 0n);
  await transaction.query(UP_TO_DATE, [outboxId, before + lines.length, leftOver]);
}
