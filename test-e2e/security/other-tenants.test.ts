import { textRequest } from '@switchyard/client';
import { ExecuteRequest } from '@switchyard/contracts/connector';
import { GetCostSummaryRequest, ListLedgerEntriesRequest } from '@switchyard/contracts/cost';
import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest, Provider } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { request as httpRequest } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Clients } from '../support/open-clients.ts';
import { buildEstate, type TenantEstate } from '../support/tenant-estate.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

let started: TestFleet;
let acme: TenantEstate;
/** An administrator of another tenant: nobody outside the installation may do more. */
let globex: TenantEstate;

beforeAll(async () => {
  started = await startTestFleet();
  acme = await buildEstate(started.fleet, 'acme');
  globex = await buildEstate(started.fleet, 'globex');
  // What is to be found is there before it is looked for.
  await vi.waitFor(
    async () => {
      const { entries } = await ledgerOf(acme.clients, { requestId: acme.requestId });
      expect(entries.length).toBe(1);
    },
    { timeout: 20_000, interval: 250 },
  );
});

afterAll(async () => {
  for (const estate of [acme, globex]) estate?.clients.close();
  await started?.[Symbol.asyncDispose]();
});

const ledgerOf = (clients: Clients, query: { readonly tenant?: string; readonly requestId?: string }) =>
  clients.call(clients.costs, 'listLedgerEntries', ListLedgerEntriesRequest.fromPartial(query));

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'OK',
    (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
  );

const page = { pageSize: 100, pageToken: '' };
const rename = (owner: string) => ({
  provider: Provider.fromPartial({ id: acme.provider, tenant: owner, displayName: 'taken' }),
  updateMask: ['display_name'],
});

/** Ways to reach for what is acme's; each is made with a key and finds it, or not. */
const reaches: Readonly<Record<string, (clients: Clients, tenant: string) => Promise<unknown>>> = {
  GetDecision: ({ call, inference }) => call(inference, 'getDecision', { requestId: acme.requestId }),
  GetProvider: ({ call, providers }, tenant) => call(providers, 'getProvider', { id: acme.provider, tenant }),
  UpdateProvider: ({ call, providers }, tenant) =>
    call(providers, 'updateProvider', rename(tenant === '' ? 'globex' : tenant)),
  'Complete at its provider': ({ call, inference }) =>
    call(
      inference,
      'complete',
      CompleteRequest.fromPartial(textRequest(`${acme.provider}/sim-fast`, 'Hello')),
    ),
  PutSecret: ({ call, secrets }, tenant) =>
    call(
      secrets,
      'putSecret',
      PutSecretRequest.fromPartial({
        id: acme.secret,
        tenant: tenant === '' ? 'acme' : tenant,
        value: Buffer.from('changed'),
        allowedOrigins: [new URL(started.fleet.simulatorUrl).origin],
      }),
    ),
  DeleteSecret: ({ call, secrets }, tenant) => call(secrets, 'deleteSecret', { id: acme.secret, tenant }),
  RotateApiKey: ({ call, keys }, tenant) =>
    call(keys, 'rotateApiKey', { id: acme.key.id, overlapSeconds: 3_600, tenant }),
  RevokeApiKey: ({ call, keys }, tenant) => call(keys, 'revokeApiKey', { id: acme.key.id, tenant }),
  'Execute of its connector': ({ call, connector }) =>
    call(
      connector,
      'execute',
      ExecuteRequest.fromPartial({ connector: acme.connector, operation: 'call', inputJson: '{}' }),
    ),
  DeleteConnector: ({ call, connectors }, tenant) =>
    call(connectors, 'deleteConnector', { id: acme.connector, tenant }),
  DeleteProvider: ({ call, providers }, tenant) =>
    call(providers, 'deleteProvider', { id: acme.provider, tenant, etag: '' }),
};

test.each(Object.keys(reaches))('A25: %s: what another tenant has is NOT_FOUND', async (name) => {
  const reach = reaches[name];
  expect(await codeOf(reach?.(globex.clients, 'acme') ?? Promise.resolve())).toBe('NOT_FOUND');
  const unnamed = await codeOf(reach?.(globex.clients, '') ?? Promise.resolve());
  // A tenant's key must say which tenant a provider is for; it is told so before anything is looked for.
  expect(['NOT_FOUND', 'PERMISSION_DENIED']).toContain(unnamed);
});

test('A25: lists of another tenant are NOT_FOUND, and the own ones do not hold what is its', async () => {
  const { clients } = globex;
  const { call, secrets, keys, audit, connectors, costs, health, inference } = clients;
  for (const tenant of ['acme', 'no-such-tenant']) {
    const summary = GetCostSummaryRequest.fromPartial({ tenant });
    const asked = [
      call(secrets, 'listSecrets', { ...page, tenant }),
      call(keys, 'listApiKeys', { ...page, tenant }),
      call(audit, 'listAuditEntries', { ...page, tenant, action: '', resource: '' }),
      call(connectors, 'listConnectors', { ...page, tenant }),
      call(costs, 'getCostSummary', summary),
      ledgerOf(clients, { tenant }),
    ];
    expect(await Promise.all(asked.map(codeOf))).toEqual(asked.map(() => 'NOT_FOUND'));
  }
  expect(
    await codeOf(call(costs, 'getCostSummary', GetCostSummaryRequest.fromPartial({ allTenants: true }))),
  ).not.toBe('OK');
  const own = await Promise.all([
    call(secrets, 'listSecrets', { ...page, tenant: 'globex' }),
    call(keys, 'listApiKeys', { ...page, tenant: '' }),
    call(connectors, 'listConnectors', { ...page, tenant: '' }),
    call(inference, 'listProviders', page),
    call(inference, 'listModels', { ...page, capabilities: [], provider: '' }),
    call(health, 'listProviderHealth', page),
    ledgerOf(clients, {}),
  ]);
  const text = JSON.stringify(own, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  expect([text.includes('globex'), text.includes('acme')]).toEqual([true, false]);
  // What it did itself, the refusals above among it.
  const all = { ...page, tenant: '', action: '', resource: '' };
  const { entries } = await call(audit, 'listAuditEntries', all);
  expect(new Set(entries.map(({ tenant }) => tenant))).toEqual(new Set(['globex']));
  expect((await ledgerOf(clients, { requestId: acme.requestId })).entries).toEqual([]);
});

test('HTTP: another tenant’s models are not listed, and asking for one is 404', async () => {
  const headers = { authorization: `Bearer ${globex.key.secret}`, 'content-type': 'application/json' };
  const listed = await httpRequest(`${started.fleet.httpUrl}/v1/models`, { headers });
  const text = await listed.body.text();
  expect(text).toContain(globex.provider);
  expect(text).not.toContain(acme.provider);
  const body = JSON.stringify({
    model: `${acme.provider}/sim-fast`,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const asked = await httpRequest(`${started.fleet.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body,
  });
  expect(asked.statusCode).toBe(404);
});

test('its owner finds each of them, as it was', async () => {
  const { clients, requestId, provider } = acme;
  const { call, providers, secrets, keys, connectors, inference } = clients;
  expect((await call(inference, 'getDecision', { requestId })).decision?.tenant).toBe('acme');
  expect((await call(providers, 'getProvider', { id: provider, tenant: '' })).provider?.displayName).toBe('');
  const { secrets: kept } = await call(secrets, 'listSecrets', { ...page, tenant: 'acme' });
  expect(kept.map(({ id, version }) => [id, version])).toEqual([[acme.secret, 1n]]);
  const { apiKeys } = await call(keys, 'listApiKeys', { ...page, tenant: '' });
  expect(apiKeys.map(({ id, revokedAt }) => [id, revokedAt])).toEqual([[acme.key.id, undefined]]);
  const { connectors: own } = await call(connectors, 'listConnectors', { ...page, tenant: '' });
  expect(own.map(({ id }) => id)).toEqual([acme.connector]);
});
