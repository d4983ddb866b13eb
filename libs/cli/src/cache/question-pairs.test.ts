import { expect, test } from 'vitest';
import { UsageError } from '../command.ts';
import { qualityOf, readPairs } from './question-pairs.ts';

const pair = (one: string, other: string, same: boolean) => ({ one, other, same });

test('precision and recall are counted by threshold, and pairs with other numbers never pass', () => {
  const vectors: Record<string, number[]> = {
    a: [1, 0],
    near: [1, 0.2],
    far: [0, 1],
    'a 1': [1, 0],
    'a 2': [1, 0],
  };
  const pairs = [
    pair('a', 'near', true),
    pair('a', 'far', true),
    pair('a', 'a', false),
    pair('a 1', 'a 2', false),
  ];
  const quality = qualityOf(pairs, (text) => vectors[text] ?? []);
  expect(quality.find(({ minSimilarity }) => minSimilarity === 0.98)).toEqual({
    minSimilarity: 0.98,
    precision: 0.5,
    recall: 0.5,
    wrong: 1,
  });
  expect(quality.at(-1)).toMatchObject({ precision: 0, recall: 0, wrong: 1 });
});

test.each([
  ['{"one": "a"', 'line 1 is no JSON'],
  ['{"one": "a", "other": "b", "same": true}\n\n{"one": "a", "other": 1, "same": false}', 'line 2 must be'],
  [
    '{"one": "a", "other": "b", "same": true}',
    'there must be pairs that are the same, and pairs that are not',
  ],
  ['null', 'line 1 must be'],
])('%j is refused: %s', (text, message) => {
  expect(() => readPairs(text)).toThrow(UsageError);
  expect(() => readPairs(text)).toThrow(message);
});
