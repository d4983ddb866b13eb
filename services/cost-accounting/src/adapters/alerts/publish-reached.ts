import type { DeliveryOutcome } from '@switchyard/alerting';
import { BudgetReached } from '@switchyard/contracts/events';
import { ensureStream, publishEvent } from '@switchyard/service-kit';
import type { ReachedKind } from '../../domain/budget/reached.ts';
import { type CostBus, costStream } from './cost-stream.ts';

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
