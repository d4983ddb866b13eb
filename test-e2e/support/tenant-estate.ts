import { textRequest } from '@switchyard/client';
import { CreateConnectorRequest } from '@switchyard/contracts/connector';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest, Policy, Pool, Provider, Strategy } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { createKey, type TestKey } from './create-key.ts';
import { type Clients, openClients } from './open-clients.ts';

/** Everything that a tenant can own, made with its own key. */
export interface TenantEstate {
  readonly key: TestKey;
  readonly clients: Clients;
  /** Of a request that its own provider served. */
  readonly requestId: string;
  readonly provider: string;
  /** Of its provider alone. */
  readonly pool: string;
  readonly secret: string;
  readonly connector: string;
}

/** Makes one of each thing for a tenant, as its administrator. Names begin with the tenant's. */
export async function buildEstate(fleet: RunningFleet, tenant: string): Promise<TenantEstate> {
  const key = await createKey(fleet, { tenant, role: 'admin' });
  const clients = openClients(fleet, key.secret);
  const [provider, secret, connector] = [`${tenant}-provider`, `${tenant}/secret`, `${tenant}-connector`];
  await clients.call(
    clients.secrets,
    'putSecret',
    PutSecretRequest.fromPartial({
      id: secret,
      tenant,
      value: Buffer.from(`key-of-${tenant}`),
      allowedOrigins: [new URL(fleet.simulatorUrl).origin],
    }),
  );
  await clients.call(clients.providers, 'createProvider', {
    provider: Provider.fromPartial({
      id: provider,
      tenant,
      wireFormat: 'openai-chat',
      catalogId: 'sim-openai',
      baseUrl: `${fleet.simulatorUrl}/primary/v1`,
      credentialRef: secret,
      simulated: true,
    }),
  });
  const pool = `${tenant}-pool`;
  await clients.call(clients.pools, 'createPool', {
    pool: Pool.fromPartial({ id: pool, tenant, members: [{ provider }] }),
  });
  await clients.call(clients.policies, 'setPolicy', {
    policy: Policy.fromPartial({ tenant, strategy: Strategy.PRIORITY }),
  });
  await clients.call(
    clients.connectors,
    'createConnector',
    CreateConnectorRequest.fromPartial({
      connector: {
        id: connector,
        tenant,
        type: 'rest',
        endpoint: 'https://api.example.com/base',
        authType: 'none',
      },
    }),
  );
  const request = CompleteRequest.fromPartial(textRequest(`${provider}/sim-fast`, `I am ${tenant}`));
  const { requestId } = await clients.call(clients.inference, 'complete', request);
  return { key, clients, requestId, provider, pool, secret, connector };
}
