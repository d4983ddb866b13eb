import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LineKind } from '@switchyard/contracts/events';
import { ProbeKind, ProbeProviderRequest, Purpose } from '@switchyard/contracts/routing';
import { parseNamedHosts } from '@switchyard/service-kit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { probeProvider } from '../src/rpc/probe-provider.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { namedHostRules } from '../src/transport/named-host-rules.ts';
import { ProviderTransport } from '../src/transport/provider-transport.ts';
import { addressOf, offering, snapshotOf } from './domain/offerings.ts';
import { contextOf } from './support/pipeline-context.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';

let server: Server;
let port: number;
let transport: ProviderTransport;
let connections = 0;
let received: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
let status = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { method, url, headers } = request;
    received.push({ method, url, headers });
    response.writeHead(status).end(JSON.stringify({ data: [], error: { message: 'no' } }));
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const { named } = parseNamedHosts([`127.0.0.1:${port}`, '127.0.0.1:1'], 'optional');
  transport = new ProviderTransport({ hosts: namedHostRules(named), resolve: async () => ['127.0.0.1'] });
});
beforeEach(() => {
  connections = 0;
  received = [];
  status = 200;
});
afterAll(async () => {
  await transport.close();
  server.close();
  server.closeAllConnections();
});

/** Probes a provider that is reached by these base URLs, one after the other. */
function probe(probeKind: ProbeKind, ...baseUrls: string[]) {
  const one = offering({ provider: 'p', probeKind });
  const [first = one.provider, ...more] = baseUrls.map((baseUrl, i) => ({
    ...one.provider,
    endpoint: baseUrls.length === 1 ? undefined : { id: `e${i}`, weight: 1 },
    address: addressOf(baseUrl),
  }));
  const provider = { ...first, endpoint: undefined, endpoints: more.length === 0 ? [] : [first, ...more] };
  const { context, booked } = contextOf({
    transport,
    secrets: readyKeys(() => bearer('test-key')),
    snapshots: { current: snapshotOf([{ ...one, provider }]) } as unknown as SnapshotHolder,
  });
  const { handle } = probeProvider(context);
  const principal = { keyId: 'k', tenant: 't', installation: true };
  const signal = new AbortController().signal;
  const call = { principal, signal } as unknown as Parameters<typeof handle>[1];
  const answer = handle(ProbeProviderRequest.fromPartial({ provider: 'p' }), call);
  const seen = () => context.runtimes.probesOf(provider).take();
  return { answer, booked, seen };
}
const here = () => `http://127.0.0.1:${port}/v1`;
const NOWHERE = 'http://127.0.0.1:1/v1';

test('H2: the list of models is asked for with the key; it is observed and booked, and costs nothing', async () => {
  const { answer, booked, seen } = probe(ProbeKind.LIST_MODELS, here());
  const { requestId, durationMs } = await answer;
  expect(durationMs).toBeGreaterThan(0);
  expect(received).toMatchObject([
    { method: 'GET', url: '/v1/models', headers: { authorization: 'Bearer test-key' } },
  ]);
  expect(seen()).toMatchObject({ successes: 1, failures: {} });
  expect(booked).toMatchObject([
    {
      requestId,
      provider: 'p',
      model: '',
      purpose: Purpose.PROBE,
      outcome: 'ok',
      costNanoUsd: 0n,
      line: LineKind.CHARGE,
    },
  ]);
});

test.each([
  [401, 'PROVIDER_AUTHENTICATION', 'authentication'],
  [503, 'PROVIDER_OVERLOADED', 'overloaded'],
])('H2: an answer of %i fails as %s', async (code, reason, errorClass) => {
  status = code;
  const { answer, booked, seen } = probe(ProbeKind.LIST_MODELS, here());
  await expect(answer).rejects.toMatchObject({ reason, metadata: { error_class: errorClass } });
  expect(seen()).toMatchObject({ successes: 0, failures: { [errorClass]: 1 } });
  expect(booked).toMatchObject([{ outcome: errorClass, costNanoUsd: 0n, line: LineKind.WASTE }]);
});

test('H2: a connection is opened, and nothing is sent by it', async () => {
  const { answer } = probe(ProbeKind.TCP_TLS, here());
  await answer;
  expect([connections, received.length]).toEqual([1, 0]);
});

test('H2: nobody listens there, or no TLS is spoken: no connection', async () => {
  for (const baseUrl of [NOWHERE, `https://127.0.0.1:${port}/v1`])
    await expect(probe(ProbeKind.TCP_TLS, baseUrl).answer).rejects.toMatchObject({
      reason: 'PROVIDER_CONNECTION',
    });
});

test('H2: it works as long as one of its endpoints does', async () => {
  const { answer, seen } = probe(ProbeKind.TCP_TLS, NOWHERE, here());
  await answer;
  expect(seen()).toMatchObject({ successes: 1, failures: {} });
});

test('H2: one that is probed by a completion is refused', async () => {
  await expect(probe(ProbeKind.UNSPECIFIED, here()).answer).rejects.toMatchObject({
    reason: 'INVALID_ARGUMENT',
  });
});
