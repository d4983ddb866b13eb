import { busNames, decodeSubjectToken } from '@switchyard/contracts';
import {
  AlertChanged,
  BudgetReached,
  ConnectorCalled,
  CredentialChanged,
  HealthChanged,
  UsageBatch,
  UsageRecord,
} from '@switchyard/contracts/events';
import { natsOptions } from '@switchyard/contracts/nats-options';
import { connect, type NatsConnection } from 'nats';
import { type Command, UsageError } from '../command.ts';

const DEFAULT_NATS_PORT = '4222';
const BUS_SCHEMES: ReadonlySet<string> = new Set(['nats:', 'tls:']);

/** `switchyard events` */
export const events: Command = {
  usage: 'tail',
  summary:
    'Prints usage, health, alert, cost, credential and connector events as they come, one line of JSON each, until Ctrl-C.',
  options: {},
  words: ['tail'],
  maxPositionals: 1,
  async run({ positionals: [action], settings, output, signal }) {
    if (action !== 'tail') throw new UsageError('events needs "tail"');
    const connection = await openBus(settings.natsUrl);
    signal.addEventListener('abort', () => void connection.close(), { once: true });
    const names = busNames(settings.subjectPrefix);
    for (const [subject, decode] of decodersOf(names)) {
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null)
            for (const event of decode(message.data))
              output.jsonLine({ subject: readable(message.subject), ...event });
        },
      });
    }
    await connection.closed();
  },
};

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

type Decode = (data: Uint8Array) => object[];

function decodersOf(names: ReturnType<typeof busNames>): [subject: string, decode: Decode][] {
  return [
    [names.usageAll, usageEvents],
    [names.healthAll, (data) => [HealthChanged.decode(data)]],
    [names.alertAll, (data) => [AlertChanged.decode(data)]],
    [names.costAll, (data) => [BudgetReached.decode(data)]],
    [names.credentialAll, (data) => [CredentialChanged.decode(data)]],
    [names.connectorAll, (data) => [ConnectorCalled.decode(data)]],
  ];
}

function usageEvents(data: Uint8Array): object[] {
  const { outboxId, records } = UsageBatch.decode(data);
  return records.map(({ sequence, record }) => ({ outboxId, sequence, ...UsageRecord.decode(record) }));
}

const readable = (subject: string): string =>
  subject
    .split('.')
    .map((token) => decodeSubjectToken(token) ?? token)
    .join('.');
