import { CostAnomaly } from '@switchyard/contracts/events';
import { ensureStream, publishEvent } from '@switchyard/service-kit';
import type { UntoldAnomaly } from '../postgres-anomalies.ts';
import { type CostBus, costStream } from './cost-stream.ts';

/** Publishes an unusual day; twice only by the same id. @throws while NATS does not take it */
export async function publishAnomaly(
  { id, tenant, day, amountNanoUsd, usualNanoUsd, foundAt }: UntoldAnomaly,
  { bus, names, replicas }: CostBus,
): Promise<void> {
  await ensureStream(await bus.manager(), costStream(names, replicas));
  const event = CostAnomaly.fromPartial({
    ...{ anomalyId: id, tenant, day, amountNanoUsd, usualNanoUsd, occurredAt: foundAt },
  });
  await publishEvent(bus, {
    subject: names.cost('anomaly', tenant),
    id,
    type: 'switchyard.cost.v1.anomaly',
    source: 'switchyard/cost-accounting',
    occurredAtMs: foundAt.getTime(),
    traceparent: '',
    payload: CostAnomaly.encode(event).finish(),
  });
}
