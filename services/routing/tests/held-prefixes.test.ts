import { CompleteRequest, Role } from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { beforeEach, expect, test } from 'vitest';
import { HeldPrefixes } from '../src/runtime/held-prefixes.ts';
import { needs, offering } from './domain/offerings.ts';

const DOCUMENT = 'word '.repeat(4_000);
const asking = (question: string, change: Parameters<typeof needs>[0] = {}, document = DOCUMENT) =>
  needs({
    operation: chatOf(
      CompleteRequest.fromPartial({
        messages: [
          { role: Role.USER, parts: [{ content: { $case: 'text', value: `${document}${question}` } }] },
        ],
      }),
    ),
    estimatedInputTokens: 5_000,
    ...change,
  });
const a = offering({ provider: 'a' });
const b = offering({ provider: 'b' });
const told = (cacheReadTokens: number, nowMs = 0) => ({
  usage: { inputTokens: 4_000, cacheReadTokens, estimated: false },
  nowMs,
});

let held: HeldPrefixes;
beforeEach(() => {
  held = new HeldPrefixes();
});

test('what a provider has told of is expected there for 300 s, by whoever of the tenant begins alike', () => {
  held.reported(asking('Why?'), a, told(3_500));
  // 16,384 of 20,005 bytes, of 4,000 tokens.
  expect(held.heldFor(asking('How?'), 299_999)).toEqual(new Map([[a.sharedKey, 3_275]]));
  expect(held.heldFor(asking('How?'), 300_000)).toBeUndefined();
  expect(held.heldFor(asking('How?', { tenant: 'u' }), 1)).toBeUndefined();
  held.reported(asking('And?'), a, told(3_500, 200_000));
  expect(held.heldFor(asking('How?'), 400_000)?.get(a.sharedKey)).toBe(3_275);
});

test('no more than was told, and of each provider what it told', () => {
  held.reported(asking('Why?'), a, told(1_300));
  held.reported(asking('Why?'), b, told(4_000));
  expect(held.heldFor(asking('How?'), 1)).toEqual(
    new Map([
      [b.sharedKey, 3_275],
      [a.sharedKey, 1_228],
    ]),
  );
});

test('who was expected to hold it and did not is not expected to any more', () => {
  held.reported(asking('Why?'), a, told(3_500));
  const heldPrefixes = held.heldFor(asking('How?'), 1);
  if (heldPrefixes === undefined) throw new Error('not held');
  held.reported(asking('How?', { heldPrefixes }), a, told(0, 1));
  expect(held.heldFor(asking('How?'), 2)).toBeUndefined();
});

test('short requests, guesses and endpoints with a cache each teach nothing', () => {
  held.reported(asking('Why?'), a, told(1_023));
  held.reported(asking('Why?'), a, { ...told(3_500), usage: { ...told(3_500).usage, estimated: true } });
  const reached = offering({ provider: 'c', endpoints: [{ id: 'e' }] });
  const [provider] = reached.provider.endpoints as [typeof reached.provider];
  held.reported(asking('Why?'), { ...reached, provider }, told(3_500));
  expect(held.heldFor(asking('How?'), 1)).toBeUndefined();
  held.reported(asking('Why?'), a, told(3_500));
  expect(held.heldFor(asking('How?', { estimatedInputTokens: 1_023 }), 1)).toBeUndefined();
});

test('a tenant that sends many beginnings forgets its own, and none of another that has fewer', () => {
  // A document has five beginnings of up to 16,384 bytes.
  held = new HeldPrefixes(12);
  held.reported(asking('Why?', { tenant: 'small' }), a, told(3_500));
  const documents = ['one ', 'two ', 'six '].map((word) => word.repeat(5_000));
  for (const document of documents) held.reported(asking('Why?', {}, document), a, told(3_500));
  expect(held.heldFor(asking('How?', { tenant: 'small' }), 1)?.get(a.sharedKey)).toBe(3_275);
  expect(documents.map((document) => held.heldFor(asking('How?', {}, document), 1) !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
});

test('what has run out makes room before anything that is held', () => {
  held = new HeldPrefixes(10);
  held.reported(asking('Why?', { tenant: 'idle' }), a, told(3_500));
  const documents = ['one ', 'two '].map((word) => word.repeat(5_000));
  for (const document of documents) held.reported(asking('Why?', {}, document), a, told(3_500, 300_000));
  expect(
    documents.map((document) => held.heldFor(asking('How?', {}, document), 300_001) !== undefined),
  ).toEqual([true, true]);
});
