import type { BusNames } from '@switchyard/contracts';
import type { Bus, StreamSpec } from '@switchyard/service-kit';

const NANOS_PER_MS = 1_000_000;

/** What budgets have reached, and unusual days; a full stream drops the oldest. */
export const costStream = (names: BusNames, replicas: number): StreamSpec => ({
  name: names.streams.cost,
  subjects: [names.costAll],
  retention: 'limits',
  storage: 'file',
  discard: 'old',
  max_age: 30 * 24 * 3_600_000 * NANOS_PER_MS,
  max_bytes: 32 * 1024 * 1024,
  num_replicas: replicas,
  duplicate_window: 120_000 * NANOS_PER_MS,
});

/** What is published by, and how often NATS keeps it. */
export interface CostBus {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly replicas: number;
}
