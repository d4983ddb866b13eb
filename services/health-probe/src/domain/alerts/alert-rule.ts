import type { AlertCondition, AlertTiming, Severity } from '@switchyard/alerting';

/** What is measured of a provider. */
export type AlertMetric =
  | 'error_rate'
  | 'latency_p50'
  | 'latency_p95'
  | 'latency_p99'
  | 'availability'
  | 'state';

/** What is watched, and who is told. */
export interface AlertRule {
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  /** '' for each that the owner may use. */
  readonly provider: string;
  readonly metric: AlertMetric;
  /** Of shares from 0 to 1, of milliseconds, or of `stateLevel`. */
  readonly condition: AlertCondition;
  readonly windowMs: number;
  readonly minRequests: number;
  readonly timing: AlertTiming;
  readonly severity: Severity;
  readonly receivers: readonly string[];
  readonly isDisabled: boolean;
}
