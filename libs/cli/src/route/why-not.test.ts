import { CostEstimate, Decision, Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { waysOut } from './ways-out.ts';
import { whyNot } from './why-not.ts';

const exclusion = { constraint: 'tags', detail: 'does not carry gdpr', wayOut: 'add it to its `tags`' };
const decision = Decision.fromPartial({
  requestedModel: 'm',
  strategy: Strategy.PRIORITY,
  route: { provider: 'a', model: 'm', reason: 'first by priority (10)' },
  candidates: [
    { provider: 'a', model: 'm', rank: 1, score: 10 },
    { provider: 'b', model: 'm', rank: 2, score: 20 },
    { provider: 'c', model: 'm', rank: 0, exclusions: [exclusion] },
    { provider: 'd', model: 'm', rank: 0, exclusions: [{ ...exclusion, wayOut: '' }] },
  ],
});
const ask = (provider: string, more: Partial<Parameters<typeof whyNot>[0]> = {}) =>
  whyNot({ provider, decision, estimates: [], ...more });

test.each([
  ['the chosen one', 'a', 'a/m would answer: first by priority (10).'],
  [
    'one that comes later',
    'b',
    'b/m fits, and comes at place 2, after a/m by priority, with a score of 20 against 10; --prefer-provider b puts it first.',
  ],
  [
    'an excluded one, with the way out',
    'c',
    'c/m is excluded by tags: does not carry gdpr (to change that: add it to its `tags`).',
  ],
  ['one of an older decision, without', 'd', 'd/m is excluded by tags: does not carry gdpr.'],
  [
    'one that does not offer the model',
    'e',
    'e does not offer m; "switchyard models --provider e" lists what it offers, and `models` or `catalog_id` of the provider add to it.',
  ],
])('%s is told of in one sentence', (_, provider, sentence) => {
  expect(ask(provider)).toEqual([sentence]);
});

test('one that the decision does not list is told of by its estimates, its models together that are alike', () => {
  const estimates = Array.from({ length: 12 }, (_, i) =>
    CostEstimate.fromPartial({ provider: 'e', model: `m${i}`, exclusions: i === 0 ? [] : [exclusion] }),
  );
  const told = ask('e', { estimates });
  expect(told[0]).toMatch(/^e\/m0 fits, and comes after the candidates that are listed/);
  expect(told[1]).toBe(
    'e/m1, e/m2, e/m3 and 8 more of its models are excluded by tags: does not carry gdpr (to change that: add it to its `tags`).',
  );
  expect(told).toHaveLength(2);
  expect(ask('e', { estimates: estimates.slice(1, 3) })).toEqual([
    'e/m1 and e/m2 are excluded by tags: does not carry gdpr (to change that: add it to its `tags`).',
  ]);
});

test('ten sentences are told at most', () => {
  const estimates = Array.from({ length: 12 }, (_, i) => CostEstimate.fromPartial({ model: `m${i}` }));
  const told = ask('e', { estimates });
  expect(told).toHaveLength(11);
  expect(told[10]).toBe('… and 2 more sentences of its models.');
});

test('one that is no member of the pool that was asked for is told so', () => {
  const ofPool = Decision.fromPartial({ ...decision, pool: 'fast' });
  expect(ask('e', { decision: ofPool })).toEqual([
    'e serves nothing of the pool fast: none of its members names it. Add it to the members of the pool.',
  ]);
});

test('each way out is told once, and where none is known nothing', () => {
  expect(waysOut(decision.candidates)).toEqual(['tags: add it to its `tags`']);
});
