import type { DeliveryNext } from '@switchyard/alerting';
import { endSpan, isTracing, startSpan } from '@switchyard/service-kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Fold } from './adapters/postgres-fold-rollups.ts';
import { overdraftsOf } from './domain/intake/overdrafts-of.ts';
import { POISON_REASONS } from './domain/intake/poison.ts';
import type { NumberedRecord } from './domain/intake/read-usage-batch.ts';
import type { CommittedBatch, LedgerCompleteness, PriceRefreshStatus } from './ports.ts';

/** A batch that was committed. */
export interface CommittedUsage {
  readonly committed: CommittedBatch;
  /** When the stream took each of its messages, in wall milliseconds. */
  readonly sentAtMs: readonly number[];
  readonly startedAtMs: number;
  readonly committedAtMs: number;
}

/** The only place that emits this service's metrics and spans. */
export class CostEvents {
  readonly #records: Counter<'result'>;
  readonly #quarantined: Counter<'reason'>;
  readonly #overdrafts: Counter;
  readonly #unpriced: Counter;
  readonly #failures: Counter;
  readonly #lag: Histogram;
  readonly #commit: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const prefix = 'switchyard_cost_accounting';
    this.#records = new Counter({
      name: `${prefix}_ingest_records_total`,
      help: 'Usage records by what became of them: entry, duplicate or quarantined.',
      labelNames: ['result'],
      registers,
    });
    // From zero on, so that a first one is seen as an increase.
    for (const result of ['entry', 'duplicate', 'quarantined'] as const) this.#records.inc({ result }, 0);
    this.#quarantined = new Counter({
      name: `${prefix}_quarantined_total`,
      help: 'What was set aside, by reason. digest_conflict and rating_mismatch are alarms.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of POISON_REASONS) this.#quarantined.inc({ reason }, 0);
    this.#overdrafts = new Counter({
      name: `${prefix}_overdrafts_total`,
      help: 'Answers that have cost more than was held for them. A hold is meant to be the upper bound: an alarm.',
      registers,
    });
    this.#unpriced = new Counter({
      name: `${prefix}_unpriced_records_total`,
      help: 'Ledger entries whose cost is unknown.',
      registers,
    });
    this.#failures = new Counter({
      name: `${prefix}_ingest_failures_total`,
      help: 'Batches that could not be committed and will come again.',
      registers,
    });
    this.#lag = new Histogram({
      name: `${prefix}_ingest_lag_seconds`,
      help: 'Time from the arrival of a message on the usage stream to its commit.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
      registers,
    });
    this.#commit = new Histogram({
      name: `${prefix}_ingest_commit_seconds`,
      help: 'Time of one ingest transaction.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
      registers,
    });
  }

  /** A batch is in the ledger. */
  committed({ committed, sentAtMs, startedAtMs, committedAtMs }: CommittedUsage): void {
    const { entries, duplicates, quarantined } = committed;
    this.#records.inc({ result: 'entry' }, entries.length);
    this.#records.inc({ result: 'duplicate' }, duplicates);
    this.#records.inc({ result: 'quarantined' }, quarantined.length);
    for (const reason of quarantined) this.#quarantined.inc({ reason });
    this.#overdrafts.inc(overdraftsOf(entries).length);
    this.#unpriced.inc(entries.filter(isUnpriced).length);
    this.#commit.observe((committedAtMs - startedAtMs) / 1_000);
    for (const atMs of sentAtMs) this.#lag.observe(Math.max(0, committedAtMs - atMs) / 1_000);
    if (isTracing()) for (const record of entries) traceWrite(record, startedAtMs);
  }

  /** A batch could not be committed. */
  failed(): void {
    this.#failures.inc();
  }
}

/** Shows how roll-ups are folded. */
export class RollupEvents {
  readonly #folds: Counter<'result'>;
  readonly #parts: Counter;
  readonly #merged: Counter<'dimension'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const prefix = 'switchyard_cost_accounting_rollup';
    this.#folds = new Counter({
      name: `${prefix}_folds_total`,
      help: 'Tries of folding parts of roll-ups, by result: succeeded or failed (tried again with half as many).',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['succeeded', 'failed'] as const) this.#folds.inc({ result }, 0);
    this.#parts = new Counter({
      name: `${prefix}_parts_folded_total`,
      help: 'Parts of roll-ups that were folded.',
      registers,
    });
    this.#merged = new Counter({
      name: `${prefix}_values_merged_total`,
      help: 'Values of callers that a fold counted as (other), because their tenant had named too many that day; by dimension. One that comes again counts again.',
      labelNames: ['dimension'],
      registers,
    });
    for (const dimension of ['service', 'agent', 'workflow', 'label'] as const)
      this.#merged.inc({ dimension }, 0);
  }

  /** Parts were folded. */
  folded({ parts, merged }: Fold): void {
    this.#folds.inc({ result: 'succeeded' });
    this.#parts.inc(parts);
    for (const { dimension, values } of merged) this.#merged.inc({ dimension }, values);
  }

  /** Parts could not be folded. */
  foldFailed(): void {
    this.#folds.inc({ result: 'failed' });
  }
}

/** Shows how those who want to know of budgets are told. */
export class BudgetAlertEvents {
  readonly #deliveries: Counter<'kind' | 'outcome'>;

  constructor(registry: Registry) {
    this.#deliveries = new Counter({
      name: 'switchyard_cost_accounting_alert_deliveries_total',
      help: 'Tries of telling NATS and receivers what budgets have reached, by kind and outcome.',
      labelNames: ['kind', 'outcome'],
      registers: [registry],
    });
  }

  /** A try of telling has ended. */
  told(kind: 'nats' | 'receiver', outcome: DeliveryNext['kind']): void {
    this.#deliveries.inc({ kind, outcome });
  }
}

/** Shows how prices are refreshed. */
export class PriceRefreshEvents {
  readonly #refreshes: Counter<'result'>;
  readonly #refreshedAt: Gauge;
  readonly #setAside: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    const prefix = 'switchyard_cost_accounting_price';
    this.#refreshes = new Counter({
      name: `${prefix}_refreshes_total`,
      help: 'Refreshes of prices that this replica tried, by result: succeeded or failed (the present prices stayed).',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['succeeded', 'failed'] as const) this.#refreshes.inc({ result }, 0);
    this.#refreshedAt = new Gauge({
      name: `${prefix}_refreshed_timestamp_seconds`,
      help: 'When prices were last refreshed by any replica, in seconds since 1970; 0: never.',
      registers,
    });
    this.#setAside = new Gauge({
      name: `${prefix}s_set_aside`,
      help: 'Prices that the last refresh did not believe, because they would have changed tenfold.',
      registers,
    });
  }

  /** This replica has tried. */
  refreshed(result: 'succeeded' | 'failed'): void {
    this.#refreshes.inc({ result });
  }

  /** How the last refresh of any replica ended. */
  seen({ refreshedAt, setAside }: PriceRefreshStatus): void {
    this.#refreshedAt.set((refreshedAt?.getTime() ?? 0) / 1_000);
    this.#setAside.set(setAside);
  }
}

/** Shows how complete the ledger is, asked for at each scrape; what cannot be asked for is not shown. */
export function watchCompleteness(registry: Registry, ask: () => Promise<LedgerCompleteness>): void {
  // Both gauges are collected at the same moment: one question answers both.
  let asking: Promise<LedgerCompleteness | undefined> | undefined;
  const found = () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  new Gauge({
    name: 'switchyard_cost_accounting_outboxes',
    help: 'Outboxes of routing by state: open; gap (a record is missing below a committed one); behind (the ledger lacks records that the replica has); orphaned (open, and nobody has spoken for it for 5 minutes).',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const completeness = await found();
      this.reset();
      if (completeness === undefined) return;
      this.set({ state: 'open' }, completeness.open);
      this.set({ state: 'gap' }, completeness.withGap);
      this.set({ state: 'behind' }, completeness.behind);
      this.set({ state: 'orphaned' }, completeness.orphaned);
    },
  });
  new Gauge({
    name: 'switchyard_cost_accounting_watermark_lag_records',
    help: 'Records that replicas have and the ledger does not: over all outboxes, and the largest of one.',
    labelNames: ['over'],
    registers: [registry],
    async collect() {
      const completeness = await found();
      this.reset();
      if (completeness === undefined) return;
      this.set({ over: 'all' }, completeness.lagRecords);
      this.set({ over: 'largest' }, completeness.largestLagRecords);
    },
  });
}

const isUnpriced = ({ verdict }: NumberedRecord): boolean =>
  verdict.ok && verdict.value.amountNanoUsd === undefined;

/** The last span of a request's trace: its cost is in the ledger. */
function traceWrite({ verdict, outboxId, sequence }: NumberedRecord, startTimeMs: number): void {
  if (!verdict.ok || verdict.value.traceparent === '') return;
  const { traceparent, line, requestId, attemptId } = verdict.value;
  const attributes = {
    'switchyard.outbox_id': outboxId,
    'switchyard.sequence': sequence,
    'switchyard.line': line,
    'switchyard.request_id': requestId,
    'switchyard.attempt_id': attemptId,
  };
  endSpan(startSpan('ledger.write', { traceparent, attributes, startTimeMs }));
}
