import type { DeliveryOutcome } from '@switchyard/alerting';
import type { BusNames } from '@switchyard/contracts';
import { BudgetReached } from '@switchyard/contracts/events';
import { type Bus, ensureStream, publishEvent, type StreamSpec } from '@switchyard/service-kit';
import type { ReachedKind } from '../../domain/budget/reached.ts';

const NANOS_PER_MS = 1_000_000;

/** What budgets have reached; a full stream drops the oldest. */
const costStream = (names: BusNames, replicas: number): StreamSpec => ({
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

/** Publishes what a window has reached, once, by the id of its delivery. Never throws. */
export async function publishReached(
  { id, kind, event }: { readonly id: string; readonly kind: ReachedKind; readonly event: BudgetReached },
  { bus, names, replicas }: CostBus,
): Promise<DeliveryOutcome> {
  if (!bus.isConnected) return { kind: 'failed', isFinal: false, reason: 'no connection to NATS' };
  try {
    await ensureStream(await bus.manager(), costStream(names, replicas));
    await publishEvent(bus, {
      subject: names.cost(kind, event.tenant),
      id,
      type: `switchyard.cost.v1.${kind}`,
      source: 'switchyard/cost-accounting',
      occurredAtMs: event.occurredAt?.getTime() ?? 0,
      traceparent: '',
      payload: BudgetReached.encode(event).finish(),
    });
    return { kind: 'delivered' };
  } catch {
    return { kind: 'failed', isFinal: false, reason: 'NATS did not take it' };
  }
}
