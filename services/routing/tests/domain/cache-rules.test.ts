import {
  type CacheOptions,
  type CachePolicy,
  CacheUse,
  CompleteRequest,
  Policy,
  Purpose,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { cacheRulesOf } from '../../src/domain/cache/cache-rules.ts';
import type { SnapshotPool } from '../../src/domain/snapshot/snapshot-pool.ts';

type Options = NonNullable<Parameters<typeof CacheOptions.fromPartial>[0]>;
type Stated = NonNullable<Parameters<typeof CachePolicy.fromPartial>[0]>;

interface Said {
  readonly request?: Options;
  readonly pool?: Stated;
  readonly tenant?: Stated;
  readonly installation?: Stated;
  readonly temperature?: number;
  readonly purpose?: Purpose;
}

function rulesOf({ request, pool, tenant, installation, temperature, purpose = Purpose.UNSPECIFIED }: Said) {
  const policies = new Map<string, Policy>();
  if (tenant !== undefined) policies.set('acme', Policy.fromPartial({ tenant: 'acme', cache: tenant }));
  if (installation !== undefined) policies.set('', Policy.fromPartial({ cache: installation }));
  const cache = pool === undefined ? undefined : Policy.fromPartial({ cache: pool }).cache;
  const chat = CompleteRequest.fromPartial({ cache: request, purpose, sampling: { temperature } });
  return cacheRulesOf(chatOf(chat), {
    tenant: 'acme',
    snapshot: { policies },
    understood: {
      selector: pool === undefined ? { kind: 'auto' } : { kind: 'pool', pool: { cache } as SnapshotPool },
    },
  });
}

const ON = { use: CacheUse.ON };
const OFF = { use: CacheUse.OFF };
const HOUR_MS = 3_600_000;

test.each<[string, Said]>([
  ['nobody says anything', {}],
  ['a request only limits the age', { request: { maxAgeSeconds: 60 } }],
  ['the request says off', { request: OFF, tenant: ON }],
  ['the pool says off', { request: ON, pool: OFF }],
  ['the tenant says off', { request: ON, tenant: OFF, installation: ON }],
  ['the installation says off', { request: ON, tenant: ON, installation: OFF }],
  ['it is a probe', { request: ON, purpose: Purpose.PROBE }],
  ['a policy says on and the request wants variety', { tenant: ON, temperature: 0.7 }],
])('there is no cache where %s', (_, said) => {
  expect(rulesOf(said)).toBeUndefined();
});

test.each<[string, Said]>([
  ['the request says on', { request: ON }],
  ['the pool says on', { pool: ON }],
  ['the tenant says on', { tenant: ON }],
  ['the installation says on', { installation: ON }],
  ['a policy says on and the temperature is 0', { tenant: ON, temperature: 0 }],
  ['the request says on and wants variety', { request: ON, temperature: 1 }],
])('answers are cached for an hour where %s', (_, said) => {
  expect(rulesOf(said)).toEqual({ ttlMs: HOUR_MS, maxAgeMs: HOUR_MS, keeps: true, semantic: undefined });
});

test('the shortest time that anybody states counts', () => {
  const said = { pool: { ...ON, ttlSeconds: 30 }, tenant: { ttlSeconds: 20 }, request: { ttlSeconds: 40 } };
  expect(rulesOf(said)?.ttlMs).toBe(20_000);
});

test('a request may want younger answers, new ones, and its own not kept', () => {
  expect(rulesOf({ request: { ...ON, maxAgeSeconds: 5 } })?.maxAgeMs).toBe(5_000);
  expect(rulesOf({ request: { ...ON, maxAgeSeconds: 0 } })).toMatchObject({ maxAgeMs: 0, keeps: true });
  expect(rulesOf({ request: { ...ON, noStore: true } })?.keeps).toBe(false);
});

const SEMANTIC = { use: CacheUse.ON, embeddingModel: 'e' };

test.each<[string, Said]>([
  ['nobody says anything of it', { request: ON }],
  ['it is on, but the cache is not', { request: { semantic: SEMANTIC } }],
  ['the request says off', { request: { ...ON, semantic: OFF }, tenant: { semantic: SEMANTIC } }],
  ['the pool says off', { request: { ...ON, semantic: SEMANTIC }, pool: { semantic: OFF } }],
  ['the installation says off', { request: { ...ON, semantic: SEMANTIC }, installation: { semantic: OFF } }],
  ['somebody only limits it', { request: { ...ON, semantic: { minSimilarity: 0.9 } } }],
  [
    'a policy says on and the request wants variety',
    { request: ON, tenant: { semantic: SEMANTIC }, temperature: 1 },
  ],
])('only the same question has a kept answer where %s', (_, said) => {
  expect(rulesOf(said)?.semantic).toBeUndefined();
});

test.each<[string, Said, string]>([
  [
    'request',
    { request: { ...ON, semantic: SEMANTIC }, tenant: { semantic: { ...SEMANTIC, embeddingModel: 't' } } },
    'e',
  ],
  [
    'pool',
    {
      request: ON,
      pool: { semantic: SEMANTIC },
      installation: { semantic: { ...SEMANTIC, embeddingModel: 'i' } },
    },
    'e',
  ],
  ['installation', { request: ON, installation: { semantic: SEMANTIC } }, 'e'],
])('the first who says on names the model that embeds: %s', (_, said, embeddingModel) => {
  expect(rulesOf(said)?.semantic).toEqual({ embeddingModel, minSimilarity: 0.97 });
});

test('the strictest similarity that anybody states counts', () => {
  const stated = {
    request: { ...ON, semantic: { ...SEMANTIC, minSimilarity: 0.8 } },
    pool: { semantic: { minSimilarity: 0.9 } },
  };
  expect(rulesOf(stated)?.semantic?.minSimilarity).toBe(0.9);
});
