import type { HeldLease } from './domain/budget/unattributed.ts';

/** How complete the ledger is, in numbers. */
export interface LedgerCompleteness {
  /** Outboxes that are not closed. */
  readonly open: number;
  /** Outboxes with a record missing below a committed one. */
  readonly withGap: number;
  /** Outboxes whose replica has told of more records than are committed. */
  readonly behind: number;
  /** Open outboxes that nobody has spoken for in the last 5 minutes, and that were not declared lost. */
  readonly orphaned: number;
  /** Records that replicas have told of and that are not committed. */
  readonly lagRecords: number;
  /** The same of the outbox with the most. */
  readonly largestLagRecords: number;
}

/** How far an outbox is, as its replica says. */
export interface OutboxReport {
  readonly outboxId: string;
  /** Number of its last record; 0 without any. */
  readonly lastSequence: number;
  /** No record will follow. */
  readonly closed: boolean;
}

/** What a replica is told. */
export interface ReportAnswer {
  /** For each reported outbox, in the same order: every record up to this number is committed. */
  readonly watermarks: readonly number[];
  /** Version of the price book in force; undefined before the first. */
  readonly priceVersion: string | undefined;
}

/** How complete one outbox is. */
export interface OutboxCompleteness {
  readonly outboxId: string;
  /** The replica that last spoke for it; undefined where none did. */
  readonly replica: string | undefined;
  readonly lastSequence: number | undefined;
  readonly committedSequence: number;
  /** Records committed behind a gap. */
  readonly aheadOfGap: number;
  readonly closed: boolean;
  readonly seenAt: Date | undefined;
  /** When it was declared lost; undefined: it was not. */
  readonly lostAt: Date | undefined;
  /** What is booked as unattributed for it, less what was told since. */
  readonly unattributedNanoUsd: bigint;
}

/** How complete the ledger is, in detail. */
export interface LedgerStatus {
  readonly outboxes: readonly OutboxCompleteness[];
  readonly quarantined: bigint;
  readonly entries: bigint;
}

/** What is known of outboxes. */
export interface OutboxBook {
  /** Notes what a replica says of its outboxes and answers how far the ledger has them. */
  report(replica: string, reports: readonly OutboxReport[]): Promise<ReportAnswer>;
  /** At most 1,000 outboxes: those of the last 24 hours, and those that are open, lost or lack a record, newest first. */
  status(): Promise<LedgerStatus>;
  completeness(): Promise<LedgerCompleteness>;
}

/** An outbox that was declared lost, or would be. */
export interface LostOutbox {
  /** When; undefined: it was not. */
  readonly lostAt: Date | undefined;
  /** What is booked as unattributed, less what was told since, by tenant. */
  readonly costs: ReadonlyMap<string, bigint>;
  /** What it holds of budgets now. */
  readonly held: readonly HeldLease[];
}

/** Who declares a loss, and why. */
export interface LossDeclaration {
  readonly keyId: string;
  readonly reason: string;
  readonly nowMs: number;
}

/** Outboxes whose replica and file are gone. */
export interface LostOutboxes {
  /** What would be booked, or is. @throws OUTBOX_NOT_FOUND, OUTBOX_CLOSED, OUTBOX_IN_USE */
  preview(outboxId: string): Promise<LostOutbox>;
  /** Declared again, nothing changes. @throws as preview */
  declare(outboxId: string, declaration: LossDeclaration): Promise<LostOutbox>;
  /** Takes usage that has come all the same out of what is unattributed. @returns of how many outboxes */
  settle(nowMs: number): Promise<number>;
}
