import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchyardClient, textRequest } from '@switchyard/client';
import { ServiceError } from '@switchyard/kernel';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { createKey, revokeKey } from '../support/create-key.ts';
import { startTestFleet } from '../support/test-fleet.ts';

/** From the answer of RevokeApiKey to the last request that the key opens. */
const PROMISED_MS = 5_000;
const WATCHED_MS = 8_000;

/** One way into the installation. */
interface Door {
  readonly name: string;
  /** @returns 'served' or the reason of the refusal */
  readonly enter: () => Promise<string>;
}

function grpcDoor(name: string, client: SwitchyardClient): Door {
  const enter = () =>
    client.complete(textRequest('sim-fast', 'Hello')).then(
      () => 'served',
      (error: unknown) => (error instanceof ServiceError ? error.reason : String(error)),
    );
  return { name: `gRPC of ${name}`, enter };
}

function httpDoor(name: string, { url, key }: { readonly url: string; readonly key: string }): Door {
  const enter = async () => {
    const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await body.dump();
    return statusCode === 200 ? 'served' : `HTTP ${statusCode}`;
  };
  return { name: `HTTP of ${name}`, enter };
}

/** Keeps entering until the end. @returns what happened, and when it last went well, in wall milliseconds */
async function keepEntering({ enter }: Door, untilMs: number) {
  let lastServedAtMs = 0;
  let last = '';
  while (Date.now() < untilMs) {
    last = await enter();
    if (last === 'served') lastServedAtMs = Date.now();
    await sleep(50);
  }
  return { lastServedAtMs, last };
}

test('A21: a revoked key is refused within 5 s at gRPC and HTTP of every replica that knew it', {
  timeout: 120_000,
}, async () => {
  await using started = await startTestFleet({ routingReplicas: 2 });
  const { fleet } = started;
  const key = await createKey(fleet, { tenant: 'acme' });
  const replicas = ['routing', 'routing-2'].map((name) => fleet.process(name));
  const clients = replicas.map(({ address }) => new SwitchyardClient({ address, apiKey: key.secret }));
  const doors = replicas.flatMap(({ name, httpUrl }, i) => [
    grpcDoor(name, clients[i] as SwitchyardClient),
    httpDoor(name, { url: httpUrl, key: key.secret }),
  ]);
  for (const { enter, name } of doors) expect(await enter(), name).toBe('served');

  const watched = doors.map((door) => keepEntering(door, Date.now() + 1_000 + WATCHED_MS));
  await sleep(1_000);
  await revokeKey(fleet, key);
  const revokedAtMs = Date.now();
  for (const [i, { lastServedAtMs, last }] of (await Promise.all(watched)).entries()) {
    const { name } = doors[i] as Door;
    expect(lastServedAtMs, name).toBeGreaterThan(0);
    expect(lastServedAtMs - revokedAtMs, name).toBeLessThanOrEqual(PROMISED_MS);
    expect(last, name).toBe(name.startsWith('gRPC') ? 'KEY_UNKNOWN' : 'HTTP 401');
  }
  // Others are not shut out with it.
  expect((await started.clients[1]?.complete(textRequest('sim-fast', 'Hello')))?.requestId).toBeDefined();
  for (const client of clients) client[Symbol.dispose]();
});
