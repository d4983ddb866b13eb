import { HealthState as HealthStateMessage } from '@switchyard/contracts/health';
import type { HealthState } from '@switchyard/resilience';

/** States as callers see them. */
export const STATE_MESSAGES: Readonly<Record<HealthState, HealthStateMessage>> = {
  not_tested: HealthStateMessage.UNSPECIFIED,
  healthy: HealthStateMessage.HEALTHY,
  degraded: HealthStateMessage.DEGRADED,
  unhealthy: HealthStateMessage.UNHEALTHY,
  unavailable: HealthStateMessage.UNAVAILABLE,
  maintenance: HealthStateMessage.MAINTENANCE,
};
