import type { HealthState } from '@switchyard/resilience';

const LEVELS: Readonly<Partial<Record<HealthState, number>>> = {
  healthy: 0,
  degraded: 1,
  unhealthy: 2,
  unavailable: 3,
};

/** How bad a state is, from 0; undefined where it says nothing: not tested, or in maintenance. */
export const stateLevel = (state: HealthState): number | undefined => LEVELS[state];

/** The state of a level. */
export const stateOfLevel = (level: number): string =>
  Object.entries(LEVELS).find(([, one]) => one === level)?.[0] ?? String(level);
