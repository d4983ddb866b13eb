import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from 'nats';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GIVEN_VARIABLES } from '../environment.ts';
import { askBroker } from './ask-broker.ts';
import { openServerBroker, type ServerBroker } from './server-broker.ts';

let dir: string;
let broker: ServerBroker;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broker-'));
  vi.stubEnv('TMPDIR', dir);
  for (const variable of Object.values(GIVEN_VARIABLES)) vi.stubEnv(variable, '');
  broker = await openServerBroker();
});
afterEach(async () => {
  await broker.close();
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const BIG_TIMEOUT_MS = 300_000;

it('starts nothing before it is asked', async () => {
  expect(await readdir(dir)).toEqual([dirname(broker.socketPath).slice(dir.length + 1)]);
});

it('starts a server once, for all who ask, and ends it when it closes', {
  timeout: BIG_TIMEOUT_MS,
}, async () => {
  const answers = await Promise.all([1, 2, 3].map(() => askBroker(broker.socketPath, 'nats')));
  expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
  const url = answers[0]?.url ?? '';
  await (await connect({ servers: url })).close();
  await broker.close();
  await expect(connect({ servers: url })).rejects.toThrow();
  expect(await readdir(dir)).toEqual([]);
});

it('passes on why a server can not be had', { timeout: BIG_TIMEOUT_MS }, async () => {
  vi.stubEnv(GIVEN_VARIABLES.redis, 'not a url');
  await expect(askBroker(broker.socketPath, 'redis')).rejects.toThrow(
    "The Redis server at the URL in SWITCHYARD_TEST_REDIS_URL can't be used: it is not a URL with a host",
  );
});
