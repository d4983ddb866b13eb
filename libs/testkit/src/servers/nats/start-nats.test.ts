import { connect } from 'nats';
import { expect, it } from 'vitest';
import { startNats } from '../index.ts';
import { renderNatsConfig } from './nats-config.ts';

const TIMEOUT_MS = 300_000;

it(
  'runs with accounts of the caller, whose credentials are in the URL',
  async () => {
    const config = {
      accounts: {
        APP: {
          jetstream: 'enabled',
          users: [
            {
              user: 'routing',
              password: 'p@ss/word',
              permissions: { publish: ['usage.>', '$JS.API.>'], subscribe: ['_INBOX.>'] },
            },
          ],
        },
        SYS: { users: [{ user: 'admin', password: 'admin' }] },
      },
      system_account: 'SYS',
    };
    await using server = await startNats({ config, credentials: { user: 'routing', password: 'p@ss/word' } });
    const { username, password, host } = new URL(server.url);
    await expect(connect({ servers: host })).rejects.toThrow('Authorization Violation');
    const user = decodeURIComponent(username);
    const connection = await connect({ servers: host, user, pass: decodeURIComponent(password) });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: 'USAGE', subjects: ['usage.>'] });
    expect((await connection.jetstream().publish('usage.v1.a', 'x')).seq).toBe(1);
    await connection.close();
    await server.restart();
    expect(server.url).toContain('routing:');
  },
  TIMEOUT_MS,
);

it(
  'runs with what the caller adds to JetStream',
  async () => {
    await using server = await startNats({
      durability: 'synced',
      config: { jetstream: { max_file_store: 64 * 1024 * 1024 }, max_payload: 2_000_000 },
    });
    const connection = await connect({ servers: server.url });
    expect(connection.info?.max_payload).toBe(2_000_000);
    const { api } = await (await connection.jetstreamManager()).getAccountInfo();
    expect(api.errors).toBe(0);
    await connection.close();
  },
  TIMEOUT_MS,
);

it('syncs before it acknowledges only when asked to, and lets nobody change the address or the folder', () => {
  const base = { host: '127.0.0.1', port: 4000, storeDir: '/data' };
  const more = { host: '0.0.0.0', port: 1, jetstream: { store_dir: '/elsewhere', max_mem: 5 } };
  expect(JSON.parse(renderNatsConfig({ ...base, durability: 'fast', more }))).toEqual({
    host: '127.0.0.1',
    port: 4000,
    jetstream: { store_dir: '/data', max_mem: 5 },
  });
  expect(JSON.parse(renderNatsConfig({ ...base, durability: 'synced', more: {} })).jetstream).toEqual({
    store_dir: '/data',
    sync_interval: 'always',
  });
});
