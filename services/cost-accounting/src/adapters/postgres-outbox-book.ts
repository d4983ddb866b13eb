import type { Postgres, Transaction } from '@switchyard/service-kit';
import type {
  LedgerCompleteness,
  LedgerStatus,
  OutboxBook,
  OutboxCompleteness,
  OutboxReport,
  ReportAnswer,
} from '../ports.ts';
import { plainArray, textArray } from './postgres-arrays.ts';
import { readPriceVersion } from './postgres-price-book.ts';

// A number never goes back and a closed outbox stays closed, whichever report comes last. In the order of ids, so that
// two replicas never wait for each other.
const REPORT = `
  INSERT INTO cost_accounting.outbox_reports AS known (outbox_id, replica, last_sequence, closed, seen_at)
  SELECT outbox_id, $2, last_sequence, closed, now()
  FROM unnest($1::text[], $3::bigint[], $4::boolean[]) AS said (outbox_id, last_sequence, closed)
  ORDER BY outbox_id COLLATE "C"
  ON CONFLICT (outbox_id) DO UPDATE SET replica = excluded.replica, seen_at = excluded.seen_at,
    last_sequence = greatest(known.last_sequence, excluded.last_sequence), closed = known.closed OR excluded.closed`;
const WATERMARKS = `
  SELECT outbox_id, committed_sequence FROM cost_accounting.outboxes WHERE outbox_id = ANY($1::text[])`;
const JOINED = `
  SELECT outbox_id, replica, last_sequence, coalesce(committed_sequence, 0) AS committed_sequence,
    coalesce((SELECT sum(upper(r) - lower(r)) FROM unnest(ahead) AS r), 0) AS ahead_of_gap,
    coalesce(closed, false) AS closed, seen_at, updated_at, declared_at AS lost_at,
    coalesce((SELECT sum(amount_nano_usd) FROM cost_accounting.unattributed_costs AS cost
      WHERE cost.outbox_id = coalesce(outboxes.outbox_id, outbox_reports.outbox_id)), 0) AS unattributed
  FROM cost_accounting.outboxes FULL JOIN cost_accounting.outbox_reports USING (outbox_id)
  LEFT JOIN cost_accounting.lost_outboxes USING (outbox_id)`;
const STATUS = `
  SELECT * FROM (${JOINED}) AS outbox
  WHERE coalesce(seen_at, updated_at) > now() - interval '24 hours' OR ahead_of_gap > 0 OR last_sequence > committed_sequence
    OR NOT closed
  ORDER BY coalesce(seen_at, updated_at) DESC, outbox_id LIMIT 1000`;
const COUNTS = `
  SELECT (SELECT count(*) FROM cost_accounting.quarantine) AS quarantined,
    (SELECT coalesce(sum(entries), 0) FROM cost_accounting.outboxes) AS entries`;
const COMPLETENESS = `
  SELECT count(*) FILTER (WHERE NOT closed) AS open, count(*) FILTER (WHERE ahead_of_gap > 0) AS with_gap,
    count(*) FILTER (WHERE lag > 0) AS behind,
    count(*) FILTER (WHERE NOT closed AND lost_at IS NULL AND seen_at < now() - interval '5 minutes') AS orphaned,
    coalesce(sum(lag), 0) AS lag_records, coalesce(max(lag), 0) AS largest_lag_records
  FROM (
    SELECT *, greatest(0, coalesce(last_sequence, 0) - committed_sequence - ahead_of_gap) AS lag FROM (${JOINED}) AS outbox
  ) AS outbox`;

/** What is known of outboxes, in Postgres. */
export class PostgresOutboxBook implements OutboxBook {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  report(replica: string, reports: readonly OutboxReport[]): Promise<ReportAnswer> {
    return this.#postgres.asSystem(async (transaction) => ({
      watermarks: await noteReports(transaction, replica, reports),
      priceVersion: await readPriceVersion(transaction),
    }));
  }

  status(): Promise<LedgerStatus> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<OutboxRow>(STATUS);
      const counts = await transaction.query<{ quarantined: string; entries: string }>(COUNTS);
      const { quarantined = '0', entries = '0' } = counts.rows[0] ?? {};
      return {
        outboxes: rows.map(toCompleteness),
        quarantined: BigInt(quarantined),
        entries: BigInt(entries),
      };
    });
  }

  completeness(): Promise<LedgerCompleteness> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<Record<string, string>>(COMPLETENESS);
      const [row = {}] = rows;
      return {
        open: Number(row.open),
        withGap: Number(row.with_gap),
        behind: Number(row.behind),
        orphaned: Number(row.orphaned),
        lagRecords: Number(row.lag_records),
        largestLagRecords: Number(row.largest_lag_records),
      };
    });
  }
}

async function noteReports(
  transaction: Transaction,
  replica: string,
  reports: readonly OutboxReport[],
): Promise<number[]> {
  if (reports.length === 0) return [];
  const ids = textArray(reports.map(({ outboxId }) => outboxId));
  await transaction.query(REPORT, [
    ids,
    replica,
    plainArray(reports.map(({ lastSequence }) => lastSequence)),
    plainArray(reports.map(({ closed }) => closed)),
  ]);
  const { rows } = await transaction.query<{ outbox_id: string; committed_sequence: string }>(WATERMARKS, [
    ids,
  ]);
  const known = new Map(rows.map((row) => [row.outbox_id, Number(row.committed_sequence)]));
  return reports.map(({ outboxId }) => known.get(outboxId) ?? 0);
}

interface OutboxRow {
  readonly outbox_id: string;
  readonly replica: string | null;
  readonly last_sequence: string | null;
  readonly committed_sequence: string;
  readonly ahead_of_gap: string;
  readonly closed: boolean;
  readonly seen_at: Date | null;
  readonly lost_at: Date | null;
  readonly unattributed: string;
}

const toCompleteness = (row: OutboxRow): OutboxCompleteness => ({
  outboxId: row.outbox_id,
  replica: row.replica ?? undefined,
  lastSequence: row.last_sequence === null ? undefined : Number(row.last_sequence),
  committedSequence: Number(row.committed_sequence),
  aheadOfGap: Number(row.ahead_of_gap),
  closed: row.closed,
  seenAt: row.seen_at ?? undefined,
  lostAt: row.lost_at ?? undefined,
  unattributedNanoUsd: BigInt(row.unattributed),
});
