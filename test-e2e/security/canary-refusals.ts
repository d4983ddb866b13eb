import { CreateConnectorRequest, ExecuteRequest } from '@switchyard/contracts/connector';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import type { RunningFleet } from '@switchyard/deploy';
import { createKey, revokeKey } from '../support/create-key.ts';
import { type Clients, openClients } from '../support/open-clients.ts';
import { fails, messages, note, post, type Told } from './canary-calls.ts';
import { PLANTED } from './planted-canaries.ts';

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
  await clients.insist(clients.secrets, 'putSecret', put);
  for (const [id, endpoint] of [
    ['echo', `http://${host}`],
    ['away', 'http://127.0.0.1:1'],
  ] as const) {
    const connector = { id, type: 'rest', endpoint, credentialRef: 'canary/api', authType: 'bearer' };
    await clients.insist(
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
