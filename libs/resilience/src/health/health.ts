import type { HealthReason } from './health-reason.ts';

/**
 * - `not_tested`: nobody has called the target yet, or not since maintenance.
 * - `healthy`: serves.
 * - `degraded`: serves, but worse than it should, or it is coming back and has yet to prove itself.
 * - `unhealthy`: answers some calls and fails too many.
 * - `unavailable`: fails every call.
 * - `maintenance`: an operator has taken it out; only an operator brings it back.
 */
export type HealthState = 'not_tested' | 'healthy' | 'degraded' | 'unhealthy' | 'unavailable' | 'maintenance';

/** The health of one target. A value: `assessHealth` answers with the next one. */
export interface Health {
  readonly state: HealthState;
  /** Why it entered the state. */
  readonly reason: HealthReason;
  /** When it entered the state, monotonic ms. Evidence from before says nothing about it any more. */
  readonly sinceMs: number;
}

/** A target that nobody has called yet, or that an operator has just brought back from maintenance. */
export function untestedHealth(nowMs: number): Health {
  return { state: 'not_tested', reason: { code: 'no_evidence' }, sinceMs: nowMs };
}

/** A target that an operator takes out of service. */
export function maintenanceHealth(nowMs: number): Health {
  return { state: 'maintenance', reason: { code: 'operator' }, sinceMs: nowMs };
}
