import { textRequest } from '@switchyard/client';
import { CreateConnectorRequest } from '@switchyard/contracts/connector';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import {
  CompleteRequest,
  CreateBatchRequest,
  Experiment,
  Policy,
  Pool,
  Provider,
  Strategy,
} from '@switchyard/contracts/routing';
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
  /** It runs, for a model of its provider. */
  readonly experiment: string;
  readonly secret: string;
  readonly connector: string;
  /** Of one line, for its provider. */
  readonly batch: { readonly id: string; readonly fileId: string };
}

/** Makes one of each thing for a tenant, as its administrator. Names begin with the tenant's. */
export async function buildEstate(fleet: RunningFleet, tenant: string): Promise<TenantEstate> {
  const key = await createKey(fleet, { tenant, role: 'admin' });
  const clients = openClients(fleet, key.secret);
  const [provider, secret, connector] = [`${tenant}-provider`, `${tenant}/secret`, `${tenant}-connector`];
  await clients.insist(
    clients.secrets,
    'putSecret',
    PutSecretRequest.fromPartial({
      id: secret,
      tenant,
      value: Buffer.from(`key-of-${tenant}`),
      allowedOrigins: [new URL(fleet.simulatorUrl).origin],
    }),
  );
  const pool = `${tenant}-pool`;
  await configureRouting(fleet, clients, { tenant, provider, pool, secret });
  await clients.insist(
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
  const experiment = `${tenant}-experiment`;
  await startExperiment(clients, { id: experiment, tenant, model: `${provider}/sim-smart`, other: pool });
  const request = CompleteRequest.fromPartial(textRequest(`${provider}/sim-fast`, `I am ${tenant}`));
  const { requestId } = await clients.call(clients.inference, 'complete', request);
  const batch = await beginBatch(clients, `${provider}/sim-fast`);
  return { key, clients, requestId, provider, pool, experiment, secret, connector, batch };
}

async function beginBatch({ insist, batches }: Clients, model: string): Promise<TenantEstate['batch']> {
  const messages = [{ role: 'user', content: 'Hello' }];
  const lines = [{ customId: 'a', bodyJson: JSON.stringify({ model, messages }) }];
  const request = CreateBatchRequest.fromPartial({
    endpoint: '/v1/chat/completions',
    input: { $case: 'lines', value: { lines } },
  });
  const { batch } = await insist(batches, 'createBatch', request);
  return { id: batch?.id ?? '', fileId: batch?.inputFileId ?? '' };
}

/** Starts an experiment with a model and another one, and has it count a request. */
async function startExperiment(
  { call, insist, experiments, inference }: Clients,
  {
    other,
    ...experiment
  }: { readonly id: string; readonly tenant: string; readonly model: string; readonly other: string },
): Promise<void> {
  const { id, tenant, model } = experiment;
  const variants = [model, other].map((name, i) => ({ name: `v${i}`, model: name, weight: 1 }));
  await insist(experiments, 'createExperiment', {
    experiment: Experiment.fromPartial({ ...experiment, variants }),
  });
  await insist(experiments, 'startExperiment', { id, tenant });
  await call(inference, 'complete', CompleteRequest.fromPartial(textRequest(model, `I am ${tenant}`)));
}

/** A provider with the secret, a pool of it alone, and a policy. */
async function configureRouting(
  fleet: RunningFleet,
  { insist, providers, pools, policies }: Clients,
  {
    tenant,
    provider,
    pool,
    secret,
  }: Pick<TenantEstate, 'provider' | 'pool' | 'secret'> & { readonly tenant: string },
): Promise<void> {
  await insist(providers, 'createProvider', {
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
  await insist(pools, 'createPool', {
    pool: Pool.fromPartial({ id: pool, tenant, members: [{ provider }] }),
  });
  await insist(policies, 'setPolicy', {
    policy: Policy.fromPartial({ tenant, strategy: Strategy.PRIORITY }),
  });
}
