/** Why something is set aside instead of booked. A closed list: it is a metric's label. */
export const POISON_REASONS = [
  /** The message is no UsageBatch. */
  'unreadable_batch',
  /** The record's bytes are no UsageRecord. */
  'unreadable_record',
  /** The record has no number that an outbox could have given: from 1 to 2^53 − 1. */
  'bad_sequence',
  'line_unknown',
  'tenant_missing',
  /** A field is missing or out of its range. */
  'invalid_record',
  /** occurred_at lies before 2020 or more than a day ahead. */
  'time_out_of_range',
  /** The cost is not what its usage and prices make. */
  'rating_mismatch',
  /** Another record was committed under the same number: one of the two is wrong. */
  'digest_conflict',
  /** The database refused the row for what is in it. */
  'rejected_by_database',
] as const;
/** Why something is set aside instead of booked. */
export type PoisonReason = (typeof POISON_REASONS)[number];

/** Something that is set aside, and why. */
export interface Poison {
  readonly reason: PoisonReason;
  /** What is wrong, for operators. */
  readonly detail: string;
}
