import { busNames, decodeSubjectToken } from '@switchyard/contracts';
import {
  ConnectorCalled,
  CredentialChanged,
  HealthChanged,
  UsageBatch,
  UsageRecord,
} from '@switchyard/contracts/events';
import { connect } from 'nats';
import { type Command, UsageError } from '../command.ts';

/** `switchyard events` */
export const events: Command = {
  usage: 'tail',
  summary: 'Prints usage, health, credential and connector events as they come, one line of JSON each.',
  options: {},
  async run({ positionals: [action], settings, output, signal }) {
    if (action !== 'tail') throw new UsageError('events needs "tail"');
    const { hostname, port, username, password } = new URL(settings.natsUrl);
    const connection = await connect({
      servers: `${hostname}:${port}`,
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      maxReconnectAttempts: -1,
    });
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

type Decode = (data: Uint8Array) => object[];

function decodersOf(names: ReturnType<typeof busNames>): [subject: string, decode: Decode][] {
  return [
    [names.usageAll, usageEvents],
    [names.healthAll, (data) => [HealthChanged.decode(data)]],
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
