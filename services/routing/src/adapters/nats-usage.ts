import type { Bus } from '@switchyard/service-kit';
import { headers } from 'nats';
import type { PublishUsage, UsageMessage } from '../outbox/outbox-publisher.ts';

/** Publishes usage batches to JetStream, as CloudEvents. */
export const usagePublisher =
  (bus: Bus): PublishUsage =>
  async (message) => {
    const { subject, payload, id, isDeduplicated } = message;
    await bus.jetstream().publish(subject, payload, {
      headers: cloudEvent(message),
      ...(isDeduplicated ? { msgID: id } : {}),
    });
  };

/** Attributes of CloudEvents' NATS binding. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md */
function cloudEvent({ id }: UsageMessage) {
  const attributes = headers();
  attributes.set('ce-specversion', '1.0');
  attributes.set('ce-id', id);
  attributes.set('ce-type', 'switchyard.events.v1.UsageBatch');
  attributes.set('ce-source', 'switchyard/routing');
  attributes.set('ce-time', new Date().toISOString());
  attributes.set('content-type', 'application/protobuf');
  return attributes;
}
