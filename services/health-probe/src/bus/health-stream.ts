import type { BusNames } from '@switchyard/contracts';
import type { StreamSpec } from '@switchyard/service-kit';

const NANOS_PER_MS = 1_000_000;

/** The stream of this service's events. They tell of states that are in the table anyway: a full stream drops the oldest. */
export function healthStream(names: BusNames, replicas: number): StreamSpec {
  return {
    name: names.streams.health,
    subjects: [names.healthAll],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: 30 * 24 * 3_600_000 * NANOS_PER_MS,
    max_bytes: 64 * 1024 * 1024,
    num_replicas: replicas,
    duplicate_window: 120_000 * NANOS_PER_MS,
  };
}
