import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { useServers } from '@switchyard/testkit/test-servers';
import { startTcpProxy } from '@switchyard/testkit/toxics';
import { connect } from 'nats';
import { expect, test } from 'vitest';
import { startSwitchyard } from './run-switchyard.ts';

const servers = useServers({ nats: true });

test('events tail --since: whoever ends it at the first event, while other streams are still to be read, has it end', async () => {
  const { url, prefix } = servers.nats;
  const names = busNames(prefix);
  const nats = await connect({ servers: url });
  const manager = await nats.jetstreamManager();
  const { usageLog, health, alerts, cost, credential, connector } = names.streams;
  for (const [name, subject] of [
    [usageLog, names.usageLogAll],
    [health, names.healthAll],
    [alerts, names.alertAll],
    [cost, names.costAll],
    [credential, names.credentialAll],
    [connector, names.connectorAll],
  ] as const)
    await manager.streams.add({ name, subjects: [subject] });
  const record = UsageRecord.encode(UsageRecord.fromPartial({ tenant: 'acme', requestId: 'r1' })).finish();
  const batch = UsageBatch.fromPartial({
    outboxId: 'o',
    records: [{ sequence: 1n, record: Buffer.from(record) }],
  });
  await nats.jetstream().publish(names.usageLog('acme'), UsageBatch.encode(batch).finish());
  await nats.close();

  // On a slow way to the bus the first event is printed while other streams are still asked for.
  const { hostname, port } = new URL(url);
  await using slow = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  await slow.set({ type: 'latency', delayMs: 100 });
  const tail = startSwitchyard(['events', 'tail', '--since', '1h'], {
    SWITCHYARD_API_KEY: 'sy_none',
    NATS_URL: `nats://127.0.0.1:${slow.port}`,
    SWITCHYARD_SUBJECT_PREFIX: prefix,
  });
  tail.stdout?.once('data', () => tail.kill('SIGINT'));
  expect(await tail.result).toMatchObject({
    code: 0,
    out: expect.stringContaining('"requestId":"r1"'),
    err: '',
  });
}, 60_000);
