import { busNames, decodeSubjectToken } from '@switchyard/contracts';
import {
  AlertChanged,
  BudgetReached,
  ConnectorCalled,
  CostAnomaly,
  CredentialChanged,
  HealthChanged,
  UsageBatch,
  UsageRecord,
} from '@switchyard/contracts/events';
import { natsOptions } from '@switchyard/contracts/nats-options';
import { connect, DeliverPolicy, type JsMsg, type Msg, type NatsConnection, type NatsError } from 'nats';
import { type Command, textOption, UsageError } from '../command.ts';
import { durationOption } from '../duration-option.ts';
import type { Output } from '../output/output.ts';

const DEFAULT_NATS_PORT = '4222';
/** What JetStream answers for a stream that is not there. */
const NOT_FOUND = '404';
const BUS_SCHEMES: ReadonlySet<string> = new Set(['nats:', 'tls:']);

/** `switchyard events` */
export const events: Command = {
  usage: 'tail',
  summary:
    'Prints usage, health, alert, cost, credential and connector events as they come, one line of JSON each, until Ctrl-C. --since 24h begins with those of the last day.',
  options: { since: { type: 'string' } },
  words: ['tail'],
  maxPositionals: 1,
  async run(input) {
    const { positionals, settings, output, signal } = input;
    if (positionals[0] !== 'tail') throw new UsageError('events needs "tail"');
    const sinceMs = textOption(input, 'since') === undefined ? undefined : durationOption(input, 'since', '');
    const connection = await openBus(settings.natsUrl);
    const topics = topicsOf(busNames(settings.subjectPrefix));
    if (sinceMs === undefined) for (const topic of topics) follow(topic, { connection, output });
    else
      for (const topic of topics)
        if (!signal.aborted) await replay(topic, { connection, output, sinceMs, signal });
    signal.addEventListener('abort', () => void connection.close(), { once: true });
    if (signal.aborted) await connection.close();
    else await connection.closed();
  },
};

interface Tail {
  readonly connection: NatsConnection;
  readonly output: Output;
}

/** Prints what comes from now on. */
function follow(topic: Topic, { connection, output }: Tail): void {
  connection.subscribe(topic.subject, {
    callback: (error, message) => {
      if (error === null) print(message, topic, output);
    },
  });
}

/** Prints what its stream has since a time, and then what comes, in order. Who has no stream yet has nothing to replay. */
async function replay(
  topic: Topic,
  { connection, output, sinceMs, signal }: Tail & { readonly sinceMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const consumers = connection.jetstream().consumers;
  const since = {
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(Date.now() - sinceMs).toISOString(),
  };
  const consumer = await consumers.get(topic.stream, since).catch((error: unknown) => {
    if ((error as NatsError).code === NOT_FOUND) return undefined;
    throw error;
  });
  if (consumer === undefined) return follow(topic, { connection, output });
  const messages = await consumer.consume({ callback: (message) => print(message, topic, output) });
  // A consumer that is not told to stop tries to find its connection again.
  if (signal.aborted) messages.stop();
  else signal.addEventListener('abort', () => messages.stop(), { once: true });
}

function print(message: Msg | JsMsg, { decode }: Topic, output: Output): void {
  const subject = message.headers?.get('Nats-Subject') || message.subject;
  for (const event of decode(message.data, subject))
    output.jsonLine({ subject: readable(subject), ...event });
}

/** @throws Error that says what to set */
async function openBus(url: string): Promise<NatsConnection> {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '' || !BUS_SCHEMES.has(parsed.protocol))
    throw new Error(
      'NATS_URL must be an address such as nats://127.0.0.1:4222, or tls://… where the bus has TLS',
    );
  if (parsed.port === '') parsed.port = DEFAULT_NATS_PORT;
  try {
    return await connect(natsOptions({ url: parsed.href, name: 'switchyard events' }));
  } catch (error) {
    const why = (error as { code?: string }).code ?? (error as Error).message;
    throw new Error(`there is no connection to NATS at ${parsed.host} (${why}); NATS_URL says where it is`, {
      cause: error,
    });
  }
}

/** Events of one kind. */
interface Topic {
  /** Where they pass. */
  readonly subject: string;
  /** What keeps them. */
  readonly stream: string;
  readonly decode: (data: Uint8Array, subject: string) => object[];
}

function topicsOf(names: ReturnType<typeof busNames>): Topic[] {
  const { usageLog, health, alerts, cost, credential, connector } = names.streams;
  return [
    { subject: names.usageAll, stream: usageLog, decode: usageEvents },
    { subject: names.healthAll, stream: health, decode: (data) => [HealthChanged.decode(data)] },
    { subject: names.alertAll, stream: alerts, decode: (data) => [AlertChanged.decode(data)] },
    { subject: names.costAll, stream: cost, decode: costEvents },
    { subject: names.credentialAll, stream: credential, decode: (data) => [CredentialChanged.decode(data)] },
    { subject: names.connectorAll, stream: connector, decode: (data) => [ConnectorCalled.decode(data)] },
  ];
}

const costEvents = (data: Uint8Array, subject: string): object[] =>
  subject.split('.').at(-2) === 'anomaly' ? [CostAnomaly.decode(data)] : [BudgetReached.decode(data)];

function usageEvents(data: Uint8Array): object[] {
  const { outboxId, records } = UsageBatch.decode(data);
  return records.map(({ sequence, record }) => ({ outboxId, sequence, ...UsageRecord.decode(record) }));
}

const readable = (subject: string): string =>
  subject
    .split('.')
    .map((token) => decodeSubjectToken(token) ?? token)
    .join('.');
