import { type BusNames, usageLogStream, usageStream } from '@switchyard/contracts';
import { type Bus, ensureConsumer, ensureStream } from '@switchyard/service-kit';
import { AckPolicy, type ConsumerConfig, DeliverPolicy, type Msg } from 'nats';
import type { UsageMessage, UsageMessages } from '../ports.ts';
import { NatsPull } from './nats-pull.ts';

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
  /**
   * 15 s in nanoseconds: longer than a batch takes, those before it included. What a killed replica held comes again
   * after this; what a slow one still holds comes twice, and is told from new records by its number.
   */
  ack_wait: 15_000_000_000,
  /** A message comes until it is committed or quarantined: while the database is away, tries are not counted. */
  max_deliver: -1,
  /** Messages under way to all replicas together. */
  max_ack_pending: 2_048,
};
/** Messages of one pull; at most twice as many are under way to this process. */
const MAX_MESSAGES = 256;
/** How long a pull stays open: so long may a stop take. */
const PULL_MS = 1_000;

/** Makes stream and consumer where they are missing or differ, and begins to consume. */
export async function openUsageMessages(options: UsageMessagesOptions): Promise<UsageMessages> {
  const { bus, names, streamReplicas } = options;
  const stream = names.streams.usage;
  const manager = await bus.manager();
  const replicas = { replicas: streamReplicas };
  await ensureStream(manager, usageLogStream(names, replicas));
  await ensureStream(manager, usageStream(names, replicas));
  await ensureConsumer(manager, stream, CONSUMER);
  const { connection } = bus;
  if (connection === undefined) throw new Error('the bus has not been reached yet');
  const pull = new NatsPull({
    connection,
    stream,
    consumer: CONSUMER.durable_name,
    maxMessages: MAX_MESSAGES,
    expiresMs: PULL_MS,
  });
  return { stop: () => pull.stop(), [Symbol.asyncIterator]: () => translated(pull) };
}

async function* translated(pull: NatsPull): AsyncGenerator<UsageMessage> {
  for await (const message of pull) yield toUsageMessage(message);
}

/** Replies are those of ADR-13 and ADR-15: https://github.com/nats-io/nats-architecture-and-design */
const toUsageMessage = (message: Msg): UsageMessage => ({
  data: message.data,
  sentAtMs: sentAtMs(message.reply ?? ''),
  ack: () => void message.respond('+ACK'),
  nak: (delayMs) => void message.respond(`-NAK {"delay": ${delayMs * 1_000_000}}`),
  term: (reason) => void message.respond(`+TERM ${reason}`),
});

/** `$JS.ACK.[domain.account.]stream.consumer.delivered.streamSeq.consumerSeq.nanoseconds.pending[.random]` */
function sentAtMs(reply: string): number {
  const tokens = reply.split('.');
  return Number(tokens[tokens.length === 9 ? 7 : 9]) / 1e6;
}
