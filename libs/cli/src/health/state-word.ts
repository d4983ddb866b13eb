import { HealthState } from '@switchyard/contracts/health';
import type { Tone } from '../output/view.ts';

/** A state as people read it. */
export function stateWord(state: HealthState): string {
  switch (state) {
    case HealthState.HEALTHY:
      return 'healthy';
    case HealthState.DEGRADED:
      return 'degraded';
    case HealthState.UNHEALTHY:
      return 'unhealthy';
    case HealthState.UNAVAILABLE:
      return 'unavailable';
    case HealthState.MAINTENANCE:
      return 'maintenance';
    default:
      return 'not_tested';
  }
}

/** The tone of a state's word. */
export function stateTone(word: string): Tone {
  if (word === 'healthy') return 'good';
  if (word === 'degraded') return 'warn';
  return word === 'unhealthy' || word === 'unavailable' ? 'bad' : 'dim';
}
