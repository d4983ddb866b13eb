/**
 * Numbers of the service's advisory locks, each its own: two ideas under one number would wait for each other. In migrations is
 * 7246002 (partitions of the ledger: `ensure_ledger_day`, `forget_ledger_day`). Locks are known to one
 * database only; migrations themselves run under 7246001.
 */
export const ADVISORY_LOCKS = {
  /** Shared by who counts usage, alone by who changes budgets. */
  budgets: 7_246_003,
  /** One replica folds roll-ups. */
  rollups: 7_246_004,
  /** Whoever makes price terms waits for who makes others. */
  priceTerms: 7_246_006,
  /** One correction of what was charged at a time. */
  rerating: 7_246_007,
  /** One replica looks at budgets' windows. */
  budgetAlerts: 7_246_008,
  /** One new version of the price book at a time. */
  priceBook: 7_246_011,
  /** One seal of a day at a time, also in `seal_ledger_day`. */
  seals: 7_246_012,
  /** One replica looks for unusual days. */
  anomalies: 7_246_013,
  /** Whoever books the end of a call in a provider's batch sees the ends that others have booked. */
  settlements: 7_246_014,
} as const;
