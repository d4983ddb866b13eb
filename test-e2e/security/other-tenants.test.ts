import { GetCostSummaryRequest, ListLedgerEntriesRequest } from '@switchyard/contracts/cost';
import { GetHealthHistoryRequest } from '@switchyard/contracts/health';
import { ApplyConfigurationRequest, ExperimentState } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { request as httpRequest } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Clients } from '../support/open-clients.ts';
import { buildEstate, type TenantEstate } from '../support/tenant-estate.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { REACHES } from './reaches.ts';

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
test.each(Object.keys(REACHES))('A25: %s: what another tenant has is NOT_FOUND', async (name) => {
  const reach = REACHES[name];
  expect(await codeOf(reach?.(acme, { clients: globex.clients, tenant: 'acme' }) ?? Promise.resolve())).toBe(
    'NOT_FOUND',
  );
  const unnamed = await codeOf(reach?.(acme, { clients: globex.clients, tenant: '' }) ?? Promise.resolve());
  // A tenant's key must say which tenant a provider is for; it is told so before anything is looked for.
  expect(['NOT_FOUND', 'PERMISSION_DENIED']).toContain(unnamed);
});

test('A25: lists of another tenant are NOT_FOUND, and the own ones do not hold what is its', async () => {
  const { clients } = globex;
  const { call, secrets, keys, audit, connectors, costs, health, inference } = clients;
  const { pools, policies, experiments, configuration } = clients;
  for (const tenant of ['acme', 'no-such-tenant']) {
    const summary = GetCostSummaryRequest.fromPartial({ tenant });
    const asked = [
      call(secrets, 'listSecrets', { ...page, tenant }),
      call(keys, 'listApiKeys', { ...page, tenant }),
      call(audit, 'listAuditEntries', { ...page, tenant, action: '', resource: '' }),
      call(connectors, 'listConnectors', { ...page, tenant }),
      call(costs, 'getCostSummary', summary),
      ledgerOf(clients, { tenant }),
      call(inference, 'listProviders', { ...page, tenant }),
      call(pools, 'listPools', { ...page, tenant }),
      call(experiments, 'listExperiments', { ...page, tenant }),
      call(health, 'getUptime', { provider: acme.provider, tenant }),
      call(
        health,
        'getHealthHistory',
        GetHealthHistoryRequest.fromPartial({ provider: acme.provider, tenant }),
      ),
      call(health, 'setProbing', { provider: acme.provider, tenant, settings: undefined }),
      call(policies, 'getPolicy', { tenant }),
      call(policies, 'listPolicies', { tenant }),
      call(configuration, 'getConfiguration', { tenant }),
      call(
        configuration,
        'applyConfiguration',
        ApplyConfigurationRequest.fromPartial({ tenant, configuration: {}, prune: true }),
      ),
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
    call(pools, 'listPools', { ...page, tenant: '' }),
    call(experiments, 'listExperiments', { ...page, tenant: '' }),
    call(policies, 'listPolicies', { tenant: '' }),
    call(configuration, 'getConfiguration', {}),
    call(health, 'listProviderHealth', page),
    call(health, 'getUptime', { provider: '', tenant: '' }),
    call(health, 'getHealthHistory', GetHealthHistoryRequest.fromPartial({})),
    call(health, 'listProbing', {}),
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
  for (const own of [globex.provider, globex.pool]) expect(text).toContain(own);
  for (const foreign of [acme.provider, acme.pool]) expect(text).not.toContain(foreign);
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
  const { clients, requestId, provider, pool, experiment } = acme;
  const { call, providers, secrets, keys, connectors, inference } = clients;
  expect((await call(inference, 'getDecision', { requestId })).decision?.tenant).toBe('acme');
  expect((await call(providers, 'getProvider', { id: provider, tenant: '' })).provider?.displayName).toBe('');
  expect((await call(clients.pools, 'getPool', { id: pool, tenant: '' })).pool?.description).toBe('');
  expect((await call(clients.policies, 'getPolicy', { tenant: '' })).policy?.etag).not.toBe('');
  const { experiment: own } = await call(clients.experiments, 'getExperiment', {
    id: experiment,
    tenant: '',
  });
  expect(own?.state).toBe(ExperimentState.RUNNING);
  const { secrets: kept } = await call(secrets, 'listSecrets', { ...page, tenant: 'acme' });
  expect(kept.map(({ id, version }) => [id, version])).toEqual([[acme.secret, 1n]]);
  const { apiKeys } = await call(keys, 'listApiKeys', { ...page, tenant: '' });
  expect(apiKeys.map(({ id, revokedAt }) => [id, revokedAt])).toEqual([[acme.key.id, undefined]]);
  const { connectors: ownConnectors } = await call(connectors, 'listConnectors', { ...page, tenant: '' });
  expect(ownConnectors.map(({ id }) => id)).toEqual([acme.connector]);
});
