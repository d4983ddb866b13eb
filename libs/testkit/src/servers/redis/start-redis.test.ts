import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { startRedis } from '../index.ts';

const TIMEOUT_MS = 300_000;

async function ask<Answer>(url: string, work: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

it(
  'is memory only unless asked otherwise',
  async () => {
    await using plain = await startRedis();
    await using kept = await startRedis({ persistence: 'append-only' });
    const persistence = (redis: Redis) => redis.config('GET', 'appendonly', 'save', 'bind');
    expect(await ask(plain.url, persistence)).toEqual(
      expect.arrayContaining(['appendonly', 'no', 'save', '', '127.0.0.1']),
    );
    expect(await ask(kept.url, persistence)).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'save', '']),
    );
  },
  TIMEOUT_MS,
);

it(
  'forgets everything with its process when it is memory only',
  async () => {
    await using server = await startRedis();
    await ask(server.url, (redis) => redis.set('key', 'value'));
    await server.restart();
    expect(await ask(server.url, (redis) => redis.get('key'))).toBeNull();
  },
  TIMEOUT_MS,
);

it(
  'takes users of the caller, and the password for the default one',
  async () => {
    await using server = await startRedis({
      password: 'default user',
      config: ['user routing on >secret ~switchyard:* +@all'],
    });
    expect(await ask(server.url, (redis) => redis.acl('WHOAMI'))).toBe('default');
    const routing = `redis://routing:secret@127.0.0.1:${server.port}`;
    expect(await ask(routing, (redis) => redis.set('switchyard:a', 1))).toBe('OK');
    await expect(ask(routing, (redis) => redis.set('other', 1))).rejects.toThrow('NOPERM');
    const nobody = `redis://127.0.0.1:${server.port}`;
    await expect(ask(nobody, (redis) => redis.set('switchyard:a', 1))).rejects.toThrow('NOAUTH');
  },
  TIMEOUT_MS,
);
