import { CreateConnectorRequest, ExecuteRequest } from '@switchyard/contracts/connector';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest, Provider } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import type { ServiceError } from '@switchyard/kernel';
import { callMetadata } from '@switchyard/service-kit';
import type { Place } from '../support/canaries.ts';
import { createKey, revokeKey } from '../support/create-key.ts';
import { type Clients, openClients } from '../support/open-clients.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { PLANTED } from './planted-canaries.ts';

/** Errors that were sent to callers, and connectors' outputs: both leave the installation. */
export interface Told {
  readonly places: Place[];
}

const note = ({ places }: Told, name: string, content: unknown): void => {
  const text = typeof content === 'string' ? content : JSON.stringify(content, bigintAsText);
  places.push({ name, content: text });
};
const bigintAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Runs what should fail, and keeps what the caller is told. */
async function fails(told: Told, name: string, promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => {
      throw new Error(`${name} did not fail`);
    },
    (thrown: ServiceError) => thrown,
  );
  const { reason, publicMessage, metadata, violations } = error;
  note(told, `gRPC error of ${name}`, { reason, publicMessage, metadata, violations });
}

const PROVIDERS = ['shaped', 'plain'] as const;

/** Registers a provider of each key at the simulator. */
export async function registerProviders(fleet: RunningFleet, clients: Clients): Promise<void> {
  const keys = { shaped: PLANTED.providerKey, plain: PLANTED.plainProviderKey };
  for (const id of PROVIDERS) {
    const secret = `canary/${id}`;
    const value = Buffer.from(keys[id]);
    const allowedOrigins = [new URL(fleet.simulatorUrl).origin];
    const put = PutSecretRequest.fromPartial({ id: secret, value, allowedOrigins });
    await clients.call(clients.secrets, 'putSecret', put);
    const provider = Provider.fromPartial({
      ...{ id, wireFormat: 'openai-chat', catalogId: 'sim-openai', simulated: true, credentialRef: secret },
      baseUrl: `${fleet.simulatorUrl}/primary/v1`,
    });
    await clients.call(clients.providers, 'createProvider', { provider });
  }
}

const messages = [
  { role: 'system', content: PLANTED.systemPrompt },
  { role: 'user', content: `${PLANTED.prompt} please call the tool` },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: PLANTED.toolResult },
];

/** Posts a body with a key. @returns the answer's text; an error's is kept */
async function post(
  fleet: RunningFleet,
  told: Told,
  { body, key = fleet.apiKey }: { body: unknown; key?: string },
) {
  const answer = await fetch(`${fleet.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isError = !answer.ok || text.includes('"error"');
  if (isError) note(told, `HTTP ${answer.status}`, `${text} ${JSON.stringify([...answer.headers])}`);
  return { text, isError };
}

/** What goes well, by HTTP and gRPC, in one piece and streamed. */
export async function succeed(fleet: RunningFleet, clients: Clients, told: Told): Promise<void> {
  for (const id of PROVIDERS) {
    for (const stream of [false, true]) {
      const { isError } = await post(fleet, told, { body: { model: `${id}/sim-fast`, messages, stream } });
      if (isError) throw new Error('a good request failed');
    }
    const request = CompleteRequest.fromPartial({
      model: `${id}/sim-fast`,
      messages: [{ role: 2, parts: [{ content: { $case: 'text', value: PLANTED.prompt } }] }],
    });
    const { requestId } = await clients.call(clients.inference, 'complete', request);
    const metadata = callMetadata({ address: '', apiKey: fleet.apiKey });
    for await (const _ of clients.inference.streamComplete(request, metadata));
    note(told, 'decision', await clients.call(clients.inference, 'getDecision', { requestId }));
  }
}

/** Providers that tell the key in their errors, in every place that an error has. */
export async function beEchoed(fleet: RunningFleet, told: Told): Promise<void> {
  const control = new SimulatorControl(fleet.simulatorUrl);
  const keys = { shaped: PLANTED.providerKey, plain: PLANTED.plainProviderKey };
  for (const [id, key] of Object.entries(keys)) {
    const message = `Incorrect API key provided: ${key}. The prompt was ${PLANTED.prompt}`;
    const error = { message, type: key, param: key, code: key };
    const bodies = [
      { error },
      { error: { message: key } },
      { error: key },
      `${key} is wrong`,
      { detail: key },
    ];
    for (const [i, body] of bodies.entries()) {
      const status = [401, 400, 500, 403, 429][i] as number;
      for (const stream of [false, true]) {
        await control.setFaults('primary', [{ fault: { type: 'status', status, body } }]);
        await post(fleet, told, { body: { model: `${id}/sim-smart`, messages, stream } });
      }
    }
    await control.setFaults('primary', [{ fault: { type: 'error-event', message, errorType: key } }]);
    await post(fleet, told, { body: { model: `${id}/sim-fast`, messages, stream: true } });
    await control.clearFaults();
  }
}

/** Requests and keys that are refused. */
export async function beRefused(fleet: RunningFleet, clients: Clients, told: Told): Promise<string> {
  const { prompt } = PLANTED;
  const wrong = [
    `{"model":"sim-fast","messages":[{"role":"user","content":"${prompt}`,
    `${prompt}`,
    {
      model: 'sim-fast',
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt, more: prompt }] }],
      max_tokens: prompt,
    },
    { model: 'sim-fast', messages: prompt },
    { model: 'sim-fast', messages, max_tokens: -1 },
    { model: 'sim-fast', messages, response_format: { type: prompt } },
    { model: 'sim-fast', messages, requirements: { max_cost_nano_usd: 1 } },
  ];
  for (const body of wrong) await post(fleet, told, { body });
  const revoked = await createKey(fleet, { tenant: 'default' });
  await post(fleet, told, { body: { model: 'sim-fast', messages }, key: revoked.secret });
  await revokeKey(fleet, revoked);
  for (const key of [PLANTED.malformedKey, PLANTED.unknownKey, revoked.secret]) {
    await post(fleet, told, { body: { model: 'sim-fast', messages }, key });
    const strange = openClients(fleet, key);
    await fails(
      told,
      'a wrong key',
      strange.call(strange.secrets, 'listSecrets', { tenant: '', pageSize: 1, pageToken: '' }),
    );
    strange.close();
  }
  const put = PutSecretRequest.fromPartial({ id: 'NOT AN ID', value: Buffer.from(PLANTED.providerKey) });
  await fails(told, 'PutSecret', clients.call(clients.secrets, 'putSecret', put));
  return revoked.secret;
}

/** An API that gives back the credential, and one that cannot be reached. */
export async function callConnectors(clients: Clients, told: Told, host: string): Promise<void> {
  const put = PutSecretRequest.fromPartial({
    ...{ id: 'canary/api', tenant: 'default', value: Buffer.from(PLANTED.connectorCredential) },
    allowedOrigins: [`http://${host}`, 'http://127.0.0.1:1'],
  });
  await clients.call(clients.secrets, 'putSecret', put);
  for (const [id, endpoint] of [
    ['echo', `http://${host}`],
    ['away', 'http://127.0.0.1:1'],
  ] as const) {
    const connector = { id, type: 'rest', endpoint, credentialRef: 'canary/api', authType: 'bearer' };
    await clients.call(
      clients.connectors,
      'createConnector',
      CreateConnectorRequest.fromPartial({ connector }),
    );
  }
  const execute = (connector: string, input: object) =>
    clients.call(
      clients.connector,
      'execute',
      ExecuteRequest.fromPartial({ connector, operation: 'call', inputJson: JSON.stringify(input) }),
    );
  for (const path of ['/200', '/401', '/500']) {
    const body = { prompt: PLANTED.toolResult };
    const { outputJson } = await execute('echo', { method: 'POST', path, body });
    note(told, `output of ${path}`, outputJson);
  }
  await fails(told, 'a wrong call', execute('echo', { method: PLANTED.toolResult }));
  await fails(told, 'a connector that is away', execute('away', { method: 'GET' }));
}
