import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatPageToken, parsePageToken } from './page-token.ts';

const ms = fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) });

it('reads back every token that it wrote', () => {
  const page = fc.record({
    period: fc.record({ fromMs: ms, toMs: ms }),
    after: fc.record({
      occurredAtMs: ms,
      sequence: fc.maxSafeNat(),
      outboxId: fc.uuid(),
    }),
  });
  fc.assert(
    fc.property(page, (value) => {
      expect(parsePageToken(formatPageToken(value))).toEqual(value);
    }),
  );
});

it('refuses anything else, without throwing', () => {
  fc.assert(
    fc.property(fc.string(), (token) => {
      expect(parsePageToken(token)).toBeUndefined();
    }),
  );
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const parts of [
    null,
    [],
    [1, 2, 3, 4],
    [1, 2, 3, -4, 'o'],
    [1, 2, 3, 4.5, 'o'],
    [1, 2, 3, 4, 'o\0'],
    [1, 2, 1e300, 4, 'o'],
  ]) {
    expect(parsePageToken(json(parts))).toBeUndefined();
  }
});
