import { busNames } from '@switchyard/contracts';
import { CredentialChanged } from '@switchyard/contracts/events';
import { connectBus, createLogger, onCredentialChange } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { expect, test } from 'vitest';

const servers = useServers({ nats: true });

test('an event that nobody can read counts as a missed one, and the next ones still arrive on the same connection', async () => {
  const names = busNames(servers.nats.prefix);
  const log = createLogger({ service: 'test', level: 'silent' });
  const bus = connectBus({ url: servers.nats.url, name: 'test', log });
  const seen: string[] = [];
  let connections = 0;
  bus.onConnect(() => {
    connections++;
  });
  onCredentialChange({ bus, names }, { onChange: ({ id }) => seen.push(id), onGap: () => seen.push('gap') });
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['gap']);
  await bus.connection?.flush();
  const publisher = await connect({ servers: new URL(servers.nats.url).host });
  const subject = names.credential('revoked', 'acme');
  publisher.publish(subject, Buffer.from([0xff, 0xff, 0xff, 1]));
  const change = { tenant: 'acme', kind: 'api_key', id: 'k1', keyDigest: Buffer.alloc(32), version: 0n };
  publisher.publish(subject, CredentialChanged.encode({ ...change, changedAt: new Date() }).finish());
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['gap', 'gap', 'k1']);
  expect(connections).toBe(1);
  await publisher.close();
  await bus.close();
});
