import {
  exchangeLeases,
  type Lease,
  type LeaseAnswer,
  type LeaseExchange,
  type LeaseKey,
  leaseKeyText,
  WindowAccount,
  windowAt,
} from '@switchyard/budget';
import { type Postgres, type Transaction, waitForLocks } from '@switchyard/service-kit';
import type { BudgetIndex } from '../domain/budget/budget-index.ts';
import { isNearlyUsedUp } from '../domain/budget/reached.ts';
import { keepBudgets } from './budget-lock.ts';
import { plainArray } from './postgres-arrays.ts';
import type { PostgresBudgetIndex } from './postgres-budget-index.ts';

// Always in the order of budgets and windows, so that two transactions never wait for each other.
const OPEN = `
  INSERT INTO cost_accounting.budget_windows (budget, start_ms, end_ms)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
  ON CONFLICT DO NOTHING`;
const LOCK = `
  SELECT budget, start_ms, spent FROM cost_accounting.budget_windows
  WHERE (budget, start_ms) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
  ORDER BY budget, start_ms FOR NO KEY UPDATE`;
const LEASES = `
  SELECT budget, start_ms, owner, granted, returned, settled FROM cost_accounting.budget_leases
  WHERE (budget, start_ms) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
    AND (granted > returned + settled OR owner = $3)`;
const SAVE = `
  INSERT INTO cost_accounting.budget_leases AS known (budget, start_ms, owner, granted, returned)
  SELECT budget, start_ms, $3, granted, returned
  FROM unnest($1::bigint[], $2::bigint[], $4::bigint[], $5::bigint[]) AS new (budget, start_ms, granted, returned)
  ON CONFLICT (budget, start_ms, owner) DO UPDATE SET granted = excluded.granted, returned = excluded.returned`;
const REPLICAS = `
  SELECT count(DISTINCT replica) AS n FROM cost_accounting.outbox_reports
  WHERE NOT closed AND seen_at > now() - interval '10 seconds'`;
// Once of each window.
const REFUSED = `
  UPDATE cost_accounting.budget_windows SET refused_at = now()
  WHERE (budget, start_ms) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[])) AND refused_at IS NULL`;
// Replicas that ask for the same windows wait for each other as a matter of course: one exchange of each.
const LOCK_WAIT_MS = 3_000;
// The ledger has every record of theirs, and none will follow.
const CLOSE = `
  WITH over AS MATERIALIZED (
    SELECT lease.budget, lease.start_ms, lease.owner
    FROM cost_accounting.budget_leases AS lease
    JOIN cost_accounting.outbox_reports AS report ON report.outbox_id = lease.owner
    LEFT JOIN cost_accounting.outboxes AS outbox USING (outbox_id)
    WHERE lease.granted > lease.returned + lease.settled
      AND report.closed AND coalesce(outbox.committed_sequence, 0) >= report.last_sequence
    ORDER BY lease.budget, lease.start_ms, lease.owner FOR NO KEY UPDATE OF lease
  )
  UPDATE cost_accounting.budget_leases AS lease SET returned = lease.granted - lease.settled
  FROM over WHERE lease.budget = over.budget AND lease.start_ms = over.start_ms AND lease.owner = over.owner`;

/** Leases of budgets, in Postgres. Each exchange is one transaction that has the windows it names for itself. */
export class PostgresLeases {
  readonly #postgres: Postgres;
  readonly #budgets: PostgresBudgetIndex;

  constructor(postgres: Postgres, budgets: PostgresBudgetIndex) {
    this.#postgres = postgres;
    this.#budgets = budgets;
  }

  /** Takes note of what a replica has, and grants what it lacks. */
  exchange(exchange: LeaseExchange, nowMs: number): Promise<LeaseAnswer> {
    return this.#postgres.asSystem(async (transaction) => {
      await waitForLocks(transaction, LOCK_WAIT_MS);
      await keepBudgets(transaction);
      const { index } = await this.#budgets.read(transaction);
      const named = keysOf(exchange);
      await openWindows(transaction, named, { index, nowMs });
      const windows = await lockAccounts(transaction, named, { index, nowMs, owner: exchange.owner });
      const { rows } = await transaction.query<{ n: string }>({ name: 'live-replicas', text: REPLICAS });
      const answer = exchangeLeases(exchange, { windows, replicas: Math.max(1, Number(rows[0]?.n)) });
      await saveLeases(transaction, exchange.owner, answer.leases);
      await noteRefusals(transaction, answer);
      return answer;
    });
  }

  /** Takes back what is left of leases of replicas that are gone and all of whose usage is in the ledger. */
  async closeLeases(): Promise<void> {
    await this.#postgres.asSystem((transaction) => transaction.query(CLOSE));
  }
}

interface Now {
  readonly index: BudgetIndex;
  readonly nowMs: number;
}

function keysOf({ leases, asks }: LeaseExchange): LeaseKey[] {
  const keys = new Map([...leases, ...asks.flat()].map((key) => [leaseKeyText(key), key]));
  return [...keys.values()].sort((a, b) => a.budget - b.budget || a.startMs - b.startMs);
}

/** Whether a window is the present one of its budget, or the next, which replicas may ask for a little early. */
function isOpen({ budget, startMs }: LeaseKey, { index, nowMs }: Now): boolean {
  const rule = index.get(budget)?.rule;
  if (rule === undefined) return false;
  const present = windowAt(rule, nowMs);
  return startMs === present.startMs || startMs === present.endMs;
}

async function openWindows(transaction: Transaction, named: readonly LeaseKey[], now: Now): Promise<void> {
  const open = named.filter((key) => isOpen(key, now));
  if (open.length === 0) return;
  const ends = open.map(({ budget, startMs }) => {
    const rule = now.index.get(budget)?.rule;
    const endMs = rule === undefined ? Number.POSITIVE_INFINITY : windowAt(rule, startMs).endMs;
    return Number.isFinite(endMs) ? endMs : undefined;
  });
  await transaction.query({
    name: 'open-windows',
    text: OPEN,
    values: [...keyArrays(open), plainArray(ends)],
  });
}

interface WindowRow {
  readonly budget: string;
  readonly start_ms: string;
  readonly spent: string;
}
interface LeaseRow extends Omit<WindowRow, 'spent'> {
  readonly owner: string;
  readonly granted: string;
  readonly returned: string;
  readonly settled: string;
}

async function lockAccounts(
  transaction: Transaction,
  named: readonly LeaseKey[],
  { owner, ...now }: Now & { readonly owner: string },
): Promise<Map<string, WindowAccount>> {
  const windows = await transaction.query<WindowRow>({
    name: 'lock-windows',
    text: LOCK,
    values: keyArrays(named),
  });
  // Read after the lock: nobody grants of these windows meanwhile.
  const leases = await transaction.query<LeaseRow>({
    name: 'leases-of-windows',
    text: LEASES,
    values: [...keyArrays(named), owner],
  });
  const byWindow = Map.groupBy(leases.rows, (row) => leaseKeyText(keyOfRow(row)));
  return new Map(
    windows.rows.map((row) => {
      const key = keyOfRow(row);
      const text = leaseKeyText(key);
      const account = new WindowAccount({
        isOpen: isOpen(key, now),
        limit: now.index.get(key.budget)?.limit ?? 0n,
        spent: BigInt(row.spent),
        leases: new Map((byWindow.get(text) ?? []).map((lease) => [lease.owner, leaseOfRow(lease)])),
      });
      return [text, account];
    }),
  );
}

async function saveLeases(
  transaction: Transaction,
  owner: string,
  leases: LeaseAnswer['leases'],
): Promise<void> {
  if (leases.length === 0) return;
  const values = [
    ...keyArrays(leases),
    owner,
    plainArray(leases.map(({ granted }) => granted)),
    plainArray(leases.map(({ returned }) => returned)),
  ];
  await transaction.query({ name: 'save-leases', text: SAVE, values });
}

/** Notes windows that had too little for an attempt, and hardly anything at all. */
async function noteRefusals(transaction: Transaction, { asks }: LeaseAnswer): Promise<void> {
  const refusing = asks.flatMap((ask) =>
    ask.kind === 'short' && !ask.othersHave && isNearlyUsedUp(ask.window) ? [ask.window] : [],
  );
  if (refusing.length === 0) return;
  await transaction.query({ name: 'note-refusals', text: REFUSED, values: keyArrays(refusing) });
}

const keyArrays = (keys: readonly LeaseKey[]): [string, string] => [
  plainArray(keys.map(({ budget }) => budget)),
  plainArray(keys.map(({ startMs }) => startMs)),
];

const keyOfRow = ({ budget, start_ms }: Pick<WindowRow, 'budget' | 'start_ms'>): LeaseKey => ({
  budget: Number(budget),
  startMs: Number(start_ms),
});

const leaseOfRow = ({ granted, returned, settled }: LeaseRow): Lease => ({
  granted: BigInt(granted),
  returned: BigInt(returned),
  settled: BigInt(settled),
});
