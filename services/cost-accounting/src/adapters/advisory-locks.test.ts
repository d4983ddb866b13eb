import { expect, it } from 'vitest';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

it('gives each idea a lock of its own, apart from those in migrations', () => {
  const numbers = [...Object.values(ADVISORY_LOCKS), 7_246_001, 7_246_002];
  expect(new Set(numbers).size).toBe(numbers.length);
});
