import { expect, test } from 'vitest';
import { ToldLimits, type ToldQuota } from './told-limits.ts';

const told = (change: Partial<ToldQuota>): ToldQuota => ({
  counts: 'requests',
  remaining: 0,
  limit: undefined,
  resetMs: 10_000,
  refills: 'at_once',
  ...change,
});

test('with nothing left it is not asked until the reset, and then nothing is known', () => {
  const limits = new ToldLimits();
  limits.note([told({})], limits.began(1), 1_000);
  expect(limits.refusal(1, 1_000)).toEqual({ counts: 'requests', leftMs: 10_000 });
  expect(limits.refusal(1, 10_999)).toEqual({ counts: 'requests', leftMs: 1 });
  expect(limits.refusal(1, 11_000)).toBeUndefined();
});

test('what is asked after an answer is counted off what it told was left', () => {
  const limits = new ToldLimits();
  limits.note([told({ remaining: 2 })], limits.began(1), 0);
  limits.began(1);
  expect(limits.refusal(1, 0)).toBeUndefined();
  limits.began(1);
  expect(limits.refusal(1, 0)).toMatchObject({ counts: 'requests' });
});

test('calls that began before a late answer count, too: it cannot have known of them', () => {
  const limits = new ToldLimits();
  const mark = limits.began(100);
  for (let i = 0; i < 3; i++) limits.began(100);
  limits.note([told({ counts: 'tokens', remaining: 300, limit: 1_000 })], mark, 0);
  expect(limits.refusal(1, 0)).toMatchObject({ counts: 'tokens' });
  limits.note([told({ counts: 'tokens', remaining: 301, limit: 1_000 })], mark, 0);
  expect(limits.refusal(1, 0)).toBeUndefined();
});

test('a limit that fills evenly has room for one long before it is whole', () => {
  const limits = new ToldLimits();
  const quota = told({ limit: 60, resetMs: 60_000, refills: 'evenly' });
  limits.note([quota], limits.began(1), 0);
  expect(limits.refusal(1, 0)).toEqual({ counts: 'requests', leftMs: 1_000 });
  expect(limits.refusal(1, 1_000)).toBeUndefined();
  expect(limits.at(30_000)).toEqual([{ counts: 'requests', limit: 60, left: 30 }]);
  expect(limits.at(60_000)).toEqual([]);
});

test('a call of more tokens than the limit waits for all of it; of several limits the longest wait counts', () => {
  const limits = new ToldLimits();
  const tokens = told({ counts: 'tokens', limit: 1_000, resetMs: 20_000, refills: 'evenly' });
  limits.note([told({ remaining: 5 }), tokens], limits.began(1), 0);
  expect(limits.refusal(5_000, 0)).toEqual({ counts: 'tokens', leftMs: 20_000 });
});

test('an answer without limits changes nothing, and no reset is believed for longer than 5 minutes', () => {
  const limits = new ToldLimits();
  limits.note([told({ resetMs: 86_400_000 })], limits.began(1), 0);
  limits.note([], limits.began(1), 1_000);
  expect(limits.refusal(1, 299_999)).toBeDefined();
  expect(limits.refusal(1, 300_000)).toBeUndefined();
});
