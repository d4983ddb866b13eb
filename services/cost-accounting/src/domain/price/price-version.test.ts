import { expect, it } from 'vitest';
import { nextPriceVersion } from './price-version.ts';

it('grows, and sorts as text', () => {
  let version = nextPriceVersion(undefined);
  expect(version).toBe('0000000001');
  for (let i = 0; i < 1_200; i++) {
    const next = nextPriceVersion(version);
    expect(next > version).toBe(true);
    version = next;
  }
  expect(version).toBe('0000001201');
});

it('does not go on from something else', () => {
  expect(() => nextPriceVersion('latest')).toThrow(TypeError);
});
