import { textRequest } from '@switchyard/client';
import { ExecuteRequest } from '@switchyard/contracts/connector';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest, CreateBatchRequest, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import type { Clients } from '../support/open-clients.ts';
import type { TenantEstate } from '../support/tenant-estate.ts';

/** Who reaches, and which tenant it names; '' for none. */
export interface Reacher {
  readonly clients: Clients;
  readonly tenant: string;
}

const rename = (acme: TenantEstate, owner: string) => ({
  provider: Provider.fromPartial({ id: acme.provider, tenant: owner, displayName: 'taken' }),
  updateMask: ['display_name'],
});

/** Ways to reach for what is acme's; each is made with a key and finds it, or not. */
export const REACHES: Readonly<Record<string, (acme: TenantEstate, by: Reacher) => Promise<unknown>>> = {
  GetDecision: (acme, { clients: { call, inference } }) =>
    call(inference, 'getDecision', { requestId: acme.requestId }),
  GetProvider: (acme, { clients: { call, providers }, tenant }) =>
    call(providers, 'getProvider', { id: acme.provider, tenant }),
  UpdateProvider: (acme, { clients: { call, providers }, tenant }) =>
    call(providers, 'updateProvider', rename(acme, tenant === '' ? 'globex' : tenant)),
  'Complete at its provider': (acme, { clients: { call, inference } }) =>
    call(
      inference,
      'complete',
      CompleteRequest.fromPartial(textRequest(`${acme.provider}/sim-fast`, 'Hello')),
    ),
  'EstimateCost at its provider': (acme, { clients: { call, inference } }) =>
    call(inference, 'estimateCost', {
      request: CompleteRequest.fromPartial(textRequest(`${acme.provider}/sim-fast`, 'Hello')),
    }),
  'Complete at its pool': (acme, { clients: { call, inference } }) =>
    call(inference, 'complete', CompleteRequest.fromPartial(textRequest(acme.pool, 'Hello'))),
  GetPool: (acme, { clients: { call, pools }, tenant }) => call(pools, 'getPool', { id: acme.pool, tenant }),
  UpdatePool: (acme, { clients: { call, pools }, tenant }) =>
    call(pools, 'updatePool', {
      pool: Pool.fromPartial({
        id: acme.pool,
        tenant: tenant === '' ? 'globex' : tenant,
        description: 'taken',
      }),
      updateMask: ['description'],
    }),
  DeletePool: (acme, { clients: { call, pools }, tenant }) =>
    call(pools, 'deletePool', { id: acme.pool, tenant, etag: '' }),
  SetPolicy: (_, { clients: { call, policies }, tenant }) =>
    call(policies, 'setPolicy', { policy: Policy.fromPartial({ tenant }) }),
  GetExperiment: (acme, { clients: { call, experiments }, tenant }) =>
    call(experiments, 'getExperiment', { id: acme.experiment, tenant }),
  StartExperiment: (acme, { clients: { call, experiments }, tenant }) =>
    call(experiments, 'startExperiment', { id: acme.experiment, tenant }),
  StopExperiment: (acme, { clients: { call, experiments }, tenant }) =>
    call(experiments, 'stopExperiment', { id: acme.experiment, tenant }),
  PromoteVariant: (acme, { clients: { call, experiments }, tenant }) =>
    call(experiments, 'promoteVariant', { id: acme.experiment, tenant, variant: 'v1' }),
  DeleteExperiment: (acme, { clients: { call, experiments }, tenant }) =>
    call(experiments, 'deleteExperiment', { id: acme.experiment, tenant }),
  GetBatch: (acme, { clients: { call, batches } }) => call(batches, 'getBatch', { id: acme.batch.id }),
  CancelBatch: (acme, { clients: { call, batches } }) => call(batches, 'cancelBatch', { id: acme.batch.id }),
  'CreateBatch of its file': (acme, { clients: { call, batches } }) =>
    call(
      batches,
      'createBatch',
      CreateBatchRequest.fromPartial({
        endpoint: '/v1/chat/completions',
        input: { $case: 'inputFileId', value: acme.batch.fileId },
      }),
    ),
  PutSecret: (acme, { clients: { call, secrets }, tenant }) =>
    call(
      secrets,
      'putSecret',
      PutSecretRequest.fromPartial({
        id: acme.secret,
        tenant: tenant === '' ? 'acme' : tenant,
        value: Buffer.from('changed'),
        allowedOrigins: ['https://elsewhere.example'],
      }),
    ),
  DeleteSecret: (acme, { clients: { call, secrets }, tenant }) =>
    call(secrets, 'deleteSecret', { id: acme.secret, tenant }),
  RotateApiKey: (acme, { clients: { call, keys }, tenant }) =>
    call(keys, 'rotateApiKey', { id: acme.key.id, overlapSeconds: 3_600, tenant }),
  RevokeApiKey: (acme, { clients: { call, keys }, tenant }) =>
    call(keys, 'revokeApiKey', { id: acme.key.id, tenant }),
  'Execute of its connector': (acme, { clients: { call, connector } }) =>
    call(
      connector,
      'execute',
      ExecuteRequest.fromPartial({ connector: acme.connector, operation: 'call', inputJson: '{}' }),
    ),
  DeleteConnector: (acme, { clients: { call, connectors }, tenant }) =>
    call(connectors, 'deleteConnector', { id: acme.connector, tenant }),
  DeleteProvider: (acme, { clients: { call, providers }, tenant }) =>
    call(providers, 'deleteProvider', { id: acme.provider, tenant, etag: '' }),
};
