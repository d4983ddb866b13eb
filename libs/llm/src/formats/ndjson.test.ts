import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdjsonParser } from './ndjson.ts';

function lines(bytes: Buffer, sizes: readonly number[] = [bytes.length], maxEventBytes = 1_000) {
  const found: string[] = [];
  const parser = new NdjsonParser({ listener: (_, data) => found.push(data), maxEventBytes });
  let state = 'ok';
  for (let at = 0, turn = 0; at < bytes.length && state === 'ok'; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    state = parser.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { found, state };
}

test.each([
  ['lines', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ['CRLF and empty lines', '\r\n{"a":1}\r\n\n  \n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ['what no line feed follows', '{"a":1}\n{"b":2}', ['{"a":1}']],
  ['nothing', '', []],
])('%s', (_, text, expected) => {
  expect(lines(Buffer.from(text)).found).toEqual(expected);
});

test('however the bytes are sliced, the same lines come out', () => {
  const bytes = Buffer.from('{"text":"Grüße, 🦀 日本"}\n{"b":2}\r\n\n{"c":3}\n');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(lines(bytes, sizes)).toEqual(lines(bytes));
    }),
  );
});

test.each([[1], [50], [1_000]])('a line longer than the bound is too long, in chunks of %d', (size) => {
  expect(lines(Buffer.from('x'.repeat(200)), [size], 100).state).toBe('too_long');
  expect(lines(Buffer.from(`${'x'.repeat(200)}\n`), [size], 100).state).toBe('too_long');
  expect(lines(Buffer.from(`${'x'.repeat(100)}\n`.repeat(9)), [size], 100)).toMatchObject({ state: 'ok' });
});
