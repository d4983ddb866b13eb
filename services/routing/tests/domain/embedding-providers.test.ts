import { Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { embeddingProviders } from '../../src/domain/cache/embedding-providers.ts';
import type { ModelSelector } from '../../src/domain/request/needs.ts';
import type { SnapshotPool } from '../../src/domain/snapshot/snapshot-pool.ts';
import { offering, snapshotOf } from './offerings.ts';

const inside = offering({ provider: 'inside', model: 'chat' });
const outside = offering({ provider: 'outside', model: 'embed' });
const snapshot = snapshotOf([inside, outside]);
const pool = (offerings: SnapshotPool['offerings']): ModelSelector => ({
  kind: 'pool',
  pool: {
    id: 'p',
    tenant: '',
    offerings,
    requirements: undefined,
    strategy: Strategy.UNSPECIFIED,
    compositeWeights: undefined,
    cache: undefined,
    hedge: undefined,
    taskTypes: [],
    baseline: undefined,
  },
});

test.each<[string, ModelSelector, string, string[], readonly string[] | 'none']>([
  ['a model', { kind: 'model', model: 'chat' }, 'embed', [], []],
  ['a model, of some providers', { kind: 'model', model: 'chat' }, 'embed', ['inside'], ['inside']],
  ['a pool without members', pool('any'), 'embed', [], []],
  ['a pool', pool([inside]), 'embed', [], ['inside']],
  ['a pool, of some providers', pool([inside, outside]), 'embed', ['outside'], ['outside']],
  ['a pool, of none of its providers', pool([inside]), 'embed', ['outside'], 'none'],
  ['a pool, by a model that is named with its provider', pool([inside]), 'outside/embed', [], []],
])('who asks %s is embedded by whom that allows', (_, selector, model, allowed, expected) => {
  const requirements = { allowedProviders: allowed } as Parameters<
    typeof embeddingProviders
  >[1]['understood']['requirements'];
  expect(
    embeddingProviders(model, { tenant: 't', snapshot, understood: { selector, requirements } }),
  ).toEqual(expected);
});
