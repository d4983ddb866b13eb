import { expect, test } from 'vitest';
import { uuidV7 } from './ids.ts';

test('a version 7 UUID carries its time and sorts by it', () => {
  const early = uuidV7(1_700_000_000_000);
  const late = uuidV7(1_700_000_000_001);
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(early.replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
  expect(early < late).toBe(true);
});

test('10,000 ids of the same millisecond differ', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => uuidV7(0))).size).toBe(10_000);
});
