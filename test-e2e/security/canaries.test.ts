import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findCanaries } from '../support/canaries.ts';
import { startEchoApi } from '../support/echo-api.ts';
import { openClients } from '../support/open-clients.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { hearBus, writtenPlaces } from '../support/searched-places.ts';
import { startTestFleet } from '../support/test-fleet.ts';
import type { Told } from './canary-calls.ts';
import { beRefused, callConnectors } from './canary-refusals.ts';
import { beEchoed, QUOTING, storeKeysAgain, succeed } from './canary-traffic.ts';
import { canariesOf, PLANTED } from './planted-canaries.ts';

const PROMPTS: ReadonlySet<string> = new Set(['prompt', 'systemPrompt', 'toolResult', 'answer']);

test('A29: secrets, keys and prompts are found in no log, span, message, table, file, metric, error or output', {
  timeout: 240_000,
}, async () => {
  await using sink = await startOtlpSink();
  await using api = await startEchoApi();
  await using started = await startTestFleet({
    providers: ['primary', ...QUOTING],
    logLevel: 'trace',
    otlpEndpoint: sink.url,
    onDeath: 'leave',
    processEnv: { connector: { CONNECTOR_ALLOWED_PRIVATE_HOSTS: `${api.host},127.0.0.1:1` } },
  });
  const { fleet } = started;
  await using bus = await hearBus(fleet.servers.nats.url);
  const clients = openClients(fleet, fleet.apiKey);
  const told: Told = { places: [] };

  await storeKeysAgain(fleet, clients);
  await succeed(fleet, clients, told);
  await callConnectors(clients, told, api.host);
  const revoked = await beRefused(fleet, clients, told);
  await beEchoed(fleet, told);
  // Servers that go away make every service log what it was doing, and with which address.
  for (const kind of ['postgres', 'nats', 'redis'] as const) {
    await fleet.servers[kind].kill('SIGKILL');
    await sleep(1_500);
    await fleet.servers[kind].restart();
  }
  await fleet.process('credential').kill('SIGKILL');
  await beRefused(fleet, clients, told).catch(() => undefined);
  await fleet.process('credential').restart();
  await sleep(3_000);
  await expect
    .poll(() => new Set(sink.spans().map(({ service }) => service)).size, { timeout: 30_000 })
    .toBe(5);
  clients.close();

  const canaries = await canariesOf(fleet, { 'revoked key': revoked });
  const spans = sink.bodies.map((content) => ({ name: 'a span', content }));
  const written = await writtenPlaces(fleet);
  // What is searched is there: else nothing would be found in any case.
  expect(api.authorizations).toContain(`Bearer ${PLANTED.connectorCredential}`);
  expect(told.places.length).toBeGreaterThan(40);
  expect(bus.places.some(({ name }) => name.includes('.usage.v1.'))).toBe(true);
  expect(
    written.filter(({ name, content }) => name.startsWith('table') && content.length > 0).length,
  ).toBeGreaterThan(15);
  expect(written.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['log of routing', 'file data/routing/snapshot.json']),
  );

  const found = [
    ...findCanaries(canaries, [...spans, ...bus.places, ...written]),
    // What a provider says of a prompt may go to the caller who wrote it; no secret may.
    ...findCanaries(new Map([...canaries].filter(([name]) => !PROMPTS.has(name))), told.places),
  ];
  expect([...new Set(found)]).toEqual([]);
});

test('the search itself finds a value as it is, in hexadecimal, and anywhere in base64', () => {
  const value = PLANTED.prompt;
  const hidden = ['', 'a', 'ab'].map((before) =>
    Buffer.from(`${before}${value}${before}!`).toString('base64'),
  );
  const contents = [value, Buffer.from(`x${value}`).toString('hex'), ...hidden];
  for (const content of contents)
    expect(findCanaries(new Map([['it', value]]), [{ name: 'here', content }]), content).not.toEqual([]);
  expect(findCanaries(new Map([['it', value]]), [{ name: 'here', content: 'nothing' }])).toEqual([]);
});
