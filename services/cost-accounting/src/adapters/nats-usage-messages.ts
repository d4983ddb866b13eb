import { type BusNames, usageStream } from '@switchyard/contracts';
import { type Bus, ensureStream } from '@switchyard/service-kit';
import { AckPolicy, type ConsumerConfig, type ConsumerMessages, DeliverPolicy, type JsMsg } from 'nats';
import type { UsageMessage, UsageMessages } from '../ports.ts';

export interface UsageMessagesOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  /** Copies of the stream. */
  readonly streamReplicas: number;
}

/** The durable consumer that all replicas of this service share. */
const CONSUMER: Partial<ConsumerConfig> & { durable_name: string } = {
  durable_name: 'cost-accounting',
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  /** 30 s in nanoseconds: longer than any transaction, including those it waits for. */
  ack_wait: 30_000_000_000,
  /** A message comes until it is committed or quarantined: while the database is away, tries are not counted. */
  max_deliver: -1,
  /** Messages under way to all replicas together. */
  max_ack_pending: 2_048,
};
/** Messages under way to this process. */
const MAX_MESSAGES = 256;

/** Makes stream and consumer where they are missing or differ, and begins to consume. */
export async function openUsageMessages(options: UsageMessagesOptions): Promise<UsageMessages> {
  const { bus, names, streamReplicas } = options;
  const stream = names.streams.usage;
  const manager = await bus.manager();
  await ensureStream(manager, usageStream(names, { replicas: streamReplicas }));
  await manager.consumers.add(stream, CONSUMER);
  const consumer = await bus.jetstream().consumers.get(stream, CONSUMER.durable_name);
  const messages = await consumer.consume({
    max_messages: MAX_MESSAGES,
    // Short ones, so that a consumer that is gone, or a pull that a restarted server forgot, is noticed soon.
    expires: 2_000,
    idle_heartbeat: 1_000,
    abort_on_missing_resource: true,
  });
  return { stop: () => messages.stop(), [Symbol.asyncIterator]: () => translated(messages) };
}

async function* translated(messages: ConsumerMessages): AsyncGenerator<UsageMessage> {
  for await (const message of messages) yield toUsageMessage(message);
}

const toUsageMessage = (message: JsMsg): UsageMessage => ({
  data: message.data,
  sentAtMs: message.info.timestampNanos / 1e6,
  ack: () => message.ack(),
  nak: (delayMs) => message.nak(delayMs),
  term: (reason) => message.term(reason),
});
