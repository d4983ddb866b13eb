import { ProbeKind, Provider, ProviderMode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { HostRules } from '../../src/domain/provider/base-url.ts';
import { validateProvider } from '../../src/domain/provider/validate-provider.ts';

const anywhere: HostRules = {
  isNamed: () => false,
  forbidsLiteral: ({ host }, reach) => reach === 'public' && host === '10.0.0.1',
};
const valid = { id: 'p', wireFormat: 'openai-chat', baseUrl: 'https://api.example.com/v1' };
const fieldsOf = (change: Parameters<typeof Provider.fromPartial>[0]) =>
  validateProvider(Provider.fromPartial({ ...valid, ...change }), anywhere).map(({ field }) => field);
const models = (count: number) => Array.from({ length: count }, (_, i) => ({ model: `m${i}` }));
const headers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'a']));
const endpoints = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `e${i}` }));

test.each<[string, Parameters<typeof Provider.fromPartial>[0]]>([
  ['id', { id: 'Upper' }],
  ['wire_format', { wireFormat: 'smoke-signals' }],
  ['base_url', { baseUrl: `https://api.example.com/${'x'.repeat(2_048)}` }],
  ['credential_ref', { credentialRef: 'x'.repeat(129) }],
  ['catalog_id', { catalogId: 'x'.repeat(129) }],
  ['auth_style', { authStyle: 'handshake' }],
  ['mode', { mode: 9 as ProviderMode }],
  ['probe_kind', { probeKind: 9 as ProbeKind }],
  ['probe_kind', { probeKind: ProbeKind.LIST_MODELS, wireFormat: 'bedrock-converse' }],
  ['region', { region: 'moon' }],
  ['priority', { priority: -1 }],
  ['weight', { weight: 1_000_001 }],
  ['tags', { tags: Array.from({ length: 65 }, () => 'x') }],
  ['models[0].model', { models: [{ model: '' }] }],
  ['models[0].capabilities', { models: [{ model: 'm', capabilities: ['telepathy'] }] }],
  ['models[2].model', { models: [{ model: 'a' }, { model: 'b' }, { model: 'a' }] }],
  ['tenant', { tenant: 'a\0b' }],
  ['models', { models: models(10_001) }],
  ['models', { tenant: 't1', models: models(1_001) }],
  ['time_limits.total_ms', { timeLimits: { totalMs: 0 } }],
  ['endpoints', { endpoints: endpoints(17) }],
  ['endpoints[0].id', { endpoints: [{ id: '' }] }],
  ['endpoints[1].id', { endpoints: [{ id: 'eu' }, { id: 'eu' }] }],
  ['endpoints[1].base_url', { endpoints: [{ id: 'eu' }, { id: 'us', baseUrl: 'http://us.example.com' }] }],
  ['endpoints[0].base_url', { endpoints: [{ id: 'eu', baseUrl: 'https://{region}.example.com' }] }],
  ['endpoints[0].base_url', { tenant: 't1', endpoints: [{ id: 'eu', baseUrl: 'https://10.0.0.1/v1' }] }],
  ['endpoints[0].credential_ref', { endpoints: [{ id: 'eu', credentialRef: 'x'.repeat(129) }] }],
  ['endpoints[0].region', { endpoints: [{ id: 'eu', region: 'moon' }] }],
  ['endpoints[0].tags', { endpoints: [{ id: 'eu', tags: Array.from({ length: 65 }, () => 'x') }] }],
  ['endpoints[0].weight', { endpoints: [{ id: 'eu', weight: 1_000_001 }] }],
  ['endpoints[0].mode', { endpoints: [{ id: 'eu', mode: 9 as ProviderMode }] }],
  ['headers', { headers: headers(33) }],
  ['headers', { headers: { 'X-Upper': 'a' } }],
  ['headers', { headers: { 'x y': 'a' } }],
  ['headers', { headers: { '': 'a' } }],
  ['headers', { headers: { ['x'.repeat(129)]: 'a' } }],
  ['headers.x-a', { headers: { 'x-a': '' } }],
  ['headers.x-a', { headers: { 'x-a': 'x'.repeat(1_025) } }],
  ['headers.x-a', { headers: { 'x-a': 'two\r\nlines: 1' } }],
  ['headers.x-a', { headers: { 'x-a': 'Schlüssel' } }],
])('%s that is out of bounds is named', (field, change) => {
  expect(fieldsOf(change)).toEqual([`provider.${field}`]);
});

test('what is in bounds is taken', () => {
  expect(fieldsOf({})).toEqual([]);
  expect(fieldsOf({ authStyle: 'aws-sigv4' })).toEqual([]);
  expect(fieldsOf({ models: models(10_000), mode: ProviderMode.MAINTENANCE, weight: 0 })).toEqual([]);
  expect(fieldsOf({ tenant: 't1', models: models(1_000) })).toEqual([]);
  expect(fieldsOf({ endpoints: endpoints(16) })).toEqual([]);
  expect(fieldsOf({ headers: { ...headers(31), 'x-long': '~'.repeat(1_024) } })).toEqual([]);
});

test.each([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'accept-encoding',
  'content-length',
  'content-type',
  'proxy-authorization',
  'traceparent',
  'tracestate',
  'x-amz-date',
  'x-switchyard-attempt-id',
])('the header %s is not for a provider to state', (name) => {
  expect(fieldsOf({ headers: { [name]: 'a' } })).toEqual([`provider.headers.${name}`]);
});
