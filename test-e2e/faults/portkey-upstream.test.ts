import type { SwitchyardClient } from '@switchyard/client';
import { PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import {
  DecisionOutcome,
  FinishReason,
  Provider,
  ProviderAdminServiceClient,
} from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { freePorts } from '@switchyard/deploy/free-ports';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PortkeyGateway, startPortkey } from '../support/portkey-gateway.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { user } from '../wire-formats/conversations.ts';
import { expectBooked } from '../wire-formats/expect-booked.ts';
import { ask, askForStream } from '../wire-formats/grpc-door.ts';

let port: number;
let started: TestFleet;
let gateway: PortkeyGateway;
let client: SwitchyardClient;
let control: SimulatorControl;

beforeAll(async () => {
  [port] = (await freePorts(1)) as [number];
  gateway = await startPortkey(port);
  started = await startTestFleet({
    providers: ['portkey', 'secondary'],
    // Tests break both one after the other: requests alone say how they do.
    env: { ROUTING_PLAINTEXT_HOSTS: `127.0.0.1:${port}`, HEALTH_PROBE_ACTIVE: 'false' },
  });
  client = started.clients[0] as SwitchyardClient;
  control = new SimulatorControl(started.fleet.simulatorUrl);
  await putGatewayBetween(started.fleet, gateway.baseUrl);
});
afterEach(() => control.clearFaults());
afterAll(async () => {
  await started?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

/** From here on the provider "portkey" is reached by the gateway, which is told by headers where to go. */
async function putGatewayBetween(fleet: RunningFleet, baseUrl: string): Promise<void> {
  const secretTarget = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const secrets = openGrpcClient(SecretServiceClient, secretTarget);
  const secret = PutSecretRequest.fromPartial({
    id: 'test/portkey',
    value: Buffer.from('simulated-key'),
    allowedOrigins: [new URL(baseUrl).origin],
  });
  await callUnary({
    method: secrets.putSecret.bind(secrets),
    request: secret,
    target: secretTarget,
    timeoutMs: 10_000,
  });
  secrets.close();
  const target = { address: fleet.grpcAddress, apiKey: fleet.apiKey };
  const admin = openGrpcClient(ProviderAdminServiceClient, target);
  const provider = Provider.fromPartial({
    id: 'portkey',
    baseUrl,
    credentialRef: 'test/portkey',
    headers: {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${fleet.simulatorUrl}/portkey/v1`,
      // So that the simulator's record of a call can be told by it.
      'x-portkey-forward-headers': 'x-switchyard-attempt-id',
    },
  });
  const updateMask = ['base_url', 'credential_ref', 'headers'];
  await callUnary({
    method: admin.updateProvider.bind(admin),
    request: { provider, updateMask },
    target,
    timeoutMs: 10_000,
  });
  admin.close();
}

const hello = { model: 'sim-fast', messages: [user('hello')] };

function billedOf({ model = '', tokens }: AttemptRecord) {
  const offering = bundledCatalog().findOffering('sim-openai', model);
  if (offering === undefined) throw new Error(`the catalog has no ${model}`);
  return { tokens, prices: offering.prices };
}

/** Who was asked for a request, and what became of each. */
async function attemptsOf(requestId: string): Promise<[provider: string, outcome: string][]> {
  const decision = await client.getDecision(requestId);
  expect(decision?.outcome).toBe(DecisionOutcome.FALLBACK_SUCCESS);
  return (decision?.attempts ?? []).map(({ provider, outcome }) => [provider, outcome]);
}

test.each([
  ['whole', ask],
  ['streamed', askForStream],
])('an answer comes through Portkey, %s, with usage and cost to the nano-USD', async (_, door) => {
  const answer = await door(client, hello);
  expect(answer.finishReason).toBe(FinishReason.STOP);
  const { truth } = await expectBooked(started.fleet, answer, billedOf);
  expect(truth.provider).toBe('portkey');
});

test.each([
  ['whole', ask],
  ['streamed', askForStream],
])('what is behind Portkey fails: the next provider answers, %s', async (_, door) => {
  await control.setFaults('portkey', [{ fault: { type: 'status', status: 500 } }]);
  const { requestId } = await door(client, hello);
  expect(await attemptsOf(requestId)).toEqual([
    ['portkey', 'server_error'],
    ['secondary', 'ok'],
  ]);
});

test.each([
  ['whole', ask],
  ['streamed', askForStream],
])('the preferred provider fails: Portkey answers, %s', async (_, door) => {
  await control.setFaults('secondary', [{ fault: { type: 'status', status: 503 } }]);
  const answer = await door(client, { ...hello, requirements: { preferredProviders: ['secondary'] } });
  expect(await attemptsOf(answer.requestId)).toEqual([
    ['secondary', 'overloaded'],
    ['portkey', 'ok'],
  ]);
});

test('Portkey is killed: the next provider answers; it is started again: it answers', {
  timeout: 180_000,
}, async () => {
  await gateway[Symbol.asyncDispose]();
  for (const door of [ask, askForStream]) {
    const { requestId } = await door(client, hello);
    expect(await attemptsOf(requestId)).toEqual([
      ['portkey', 'connection'],
      ['secondary', 'ok'],
    ]);
  }
  gateway = await startPortkey(port);
  await expect
    .poll(async () => (await client.complete(hello)).route?.provider, { timeout: 120_000, interval: 500 })
    .toBe('portkey');
});
