import { type ConsumerConfig, type JetStreamManager, NatsError } from 'nats';

/** What a durable consumer must be; the owner states it whole. */
export type ConsumerSpec = Partial<ConsumerConfig> & { readonly durable_name: string };

/** JetStream's errors for a consumer that is there with another configuration. Source: nats-server/server/errors.json */
const CONSUMER_DIFFERS = new Set([10_105, 10_148]);

/**
 * Creates a durable consumer, or changes one that differs, for example because an older version made it: its position
 * stays. Safe to call at any time, by several replicas.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  spec: ConsumerSpec,
): Promise<void> {
  try {
    await manager.consumers.add(stream, spec);
  } catch (error) {
    if (!(error instanceof NatsError) || !CONSUMER_DIFFERS.has(error.api_error?.err_code ?? 0)) throw error;
    await manager.consumers.update(stream, spec.durable_name, spec);
  }
}
