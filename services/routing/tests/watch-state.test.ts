import { announceState, type Bus, watchState } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';

const servers = useServers({ nats: true });
let connection: NatsConnection;

beforeAll(async () => {
  connection = await connect({ servers: servers.nats.url });
});

afterAll(() => connection.close());

/** The bus of one connection, which "comes back" as often as a test says. */
function busOf(): { readonly bus: Bus; readonly comeBack: () => Promise<void> } {
  const callbacks: Parameters<Bus['onConnect']>[0][] = [];
  return {
    bus: {
      connection,
      isConnected: true,
      jetstream: () => connection.jetstream(),
      manager: () => connection.jetstreamManager(),
      onConnect: (callback) => callbacks.push(callback),
      close: async () => {},
    },
    comeBack: async () => {
      for (const callback of callbacks) await callback(connection);
    },
  };
}

test('a state that is watched over several connections is told once for each change', async () => {
  const { bus, comeBack } = busOf();
  const at = { bus, bucket: `${servers.nats.prefix}_STATE`, key: 'routing.providers' };
  const told: string[] = [];
  watchState(at, ({ version }) => told.push(version));
  for (let i = 0; i < 3; i++) await comeBack();
  await announceState(at, { version: '1', digest: '' });
  await announceState(at, { version: '2', digest: '' });
  await expect.poll(() => told.at(-1)).toBe('2');
  // What comes by another watch comes at about the same time.
  await connection.flush();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(told).toEqual(['1', '2']);
});
