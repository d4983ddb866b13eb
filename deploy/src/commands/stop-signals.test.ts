import { expect, it } from 'vitest';
import { stopRequests } from './stop-signals.ts';

it('drains at the first press, takes what npm passes on as the same press, and ends at once at the next', () => {
  const read = stopRequests();
  expect([1_000, 1_002, 1_700].map(read)).toEqual(['drain', undefined, undefined]);
  expect([2_000, 2_001].map(read)).toEqual(['now', 'now']);
});
