import { expect, test } from 'vitest';
import { type KnownQuestion, KnownQuestions, MAX_QUESTIONS_OF_SCOPE } from './known-questions.ts';

const place = { tenant: 'acme', scope: 's' };
const known = (key: string, vector: number[], change: Partial<KnownQuestion> = {}): KnownQuestion => ({
  key,
  embeddedBy: 'embedder',
  vector: Int8Array.from(vector),
  endsAtMs: 1_000,
  ...change,
});
const look = { embeddedBy: 'embedder', vector: Int8Array.of(100, 0), minSimilarity: 0.9, nowMs: 0 };
const questions = (...list: KnownQuestion[]) => {
  const all = new KnownQuestions({ maxBytes: 1_000_000 });
  all.put(place, list);
  return all;
};
const keys = (all: KnownQuestions, change: Partial<typeof look> = {}, where = place) =>
  all.nearest(where, { ...look, ...change }).map(({ key }) => key);

test('the nearest comes first, and what is not near enough does not come', () => {
  const all = questions(known('off', [0, 100]), known('near', [100, 30]), known('same', [50, 0]));
  expect(all.nearest(place, look)).toEqual([
    { key: 'same', similarity: 1 },
    { key: 'near', similarity: expect.closeTo(0.958, 3) },
  ]);
  expect(keys(all, { minSimilarity: 0.96 })).toEqual(['same']);
});

test('only what the same model embedded, of the same tenant and scope, and what has not ended', () => {
  const all = questions(known('same', [100, 0]));
  expect(keys(all, { embeddedBy: 'another' })).toEqual([]);
  expect(keys(all, {}, { ...place, tenant: 'other' })).toEqual([]);
  expect(keys(all, {}, { ...place, scope: 't' })).toEqual([]);
  expect(keys(all, { nowMs: 1_000 })).toEqual([]);
  expect(keys(all, { vector: Int8Array.of(100, 0, 0) })).toEqual([]);
});

test('a scope holds so many, and the first that came leaves', () => {
  const all = questions();
  for (let i = 0; i <= MAX_QUESTIONS_OF_SCOPE; i++) all.put(place, [known(`q${i}`, [100, 0])]);
  const names = [...all.keysOf(place)];
  expect(names).toHaveLength(MAX_QUESTIONS_OF_SCOPE);
  expect(names).not.toContain('q0');
});

test('the scope that was used longest ago leaves where there is no room', () => {
  const all = new KnownQuestions({ maxBytes: 4_000 });
  const where = (scope: string) => ({ tenant: 'acme', scope });
  for (const scope of ['a', 'b']) all.put(where(scope), [known(scope, [100, 0])]);
  all.nearest(where('a'), look);
  all.put(where('c'), [known('c', [100, 0])]);
  expect(['a', 'b', 'c'].map((scope) => [...all.keysOf(where(scope))].length)).toEqual([1, 0, 1]);
});

test('one question, or all of a tenant, are forgotten, and nobody else’s', () => {
  const other = { tenant: 'other', scope: 's' };
  const all = questions(known('one', [100, 0]), known('two', [100, 1]));
  all.put(other, [known('one', [100, 0])]);
  all.clear({ tenant: 'acme', model: '', key: 'one' });
  expect(keys(all)).toEqual(['two']);
  all.clear({ tenant: 'acme', model: 'm', key: '' });
  expect(keys(all)).toEqual([]);
  expect(keys(all, {}, other)).toEqual(['one']);
  all.clearAll();
  expect(keys(all, {}, other)).toEqual([]);
});
