import type { HealthEvent } from '@switchyard/contracts';
import type { HealthState } from '@switchyard/resilience';

/**
 * The event that tells of a change: `failed` when a provider stops answering, `unhealthy` when it fails too often,
 * `recovered` when it is healthy again after anything worse, `changed` for all else.
 */
export function healthEvent(from: HealthState, to: HealthState): HealthEvent {
  if (to === 'unavailable') return 'failed';
  if (to === 'unhealthy') return 'unhealthy';
  const wasWorse = from === 'degraded' || from === 'unhealthy' || from === 'unavailable';
  return to === 'healthy' && wasWorse ? 'recovered' : 'changed';
}
