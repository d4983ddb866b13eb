import type { HealthState } from '@switchyard/resilience';
import type { ProviderName } from './provider-key.ts';

/** When a provider last did something, wall milliseconds; undefined: never that is known. */
export interface Activity {
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
  readonly lastProbeAtMs: number | undefined;
}

/** What is kept of a provider's health. Times are wall milliseconds: they outlive the process. */
export interface HealthRecord extends ProviderName, Activity {
  readonly state: HealthState;
  /** Why it is in that state, for people. */
  readonly reason: string;
  readonly sinceMs: number;
  /** Version of the table at the last change of the state. */
  readonly version: bigint;
}

/** A change of state that is to be made. */
export interface HealthChange extends ProviderName {
  readonly fromState: HealthState;
  readonly toState: HealthState;
  readonly reason: string;
  /** Wall milliseconds. */
  readonly changedAtMs: number;
}

/** A change of state that was made. */
export interface CommittedChange extends HealthChange {
  readonly id: string;
  /** Version of the table after it. */
  readonly version: bigint;
}
