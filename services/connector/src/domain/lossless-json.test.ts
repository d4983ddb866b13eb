import { expect, test } from 'vitest';
import { isDeeperThan, numberText, parseLosslessJson } from './lossless-json.ts';

function roundTrip(text: string): string {
  const parsed = parseLosslessJson(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return JSON.stringify(parsed.value);
}

test.each([
  '12345678901234567890',
  '-9007199254740993',
  '0.1234567890123456789',
  '1e400',
  '1e-400',
  '123456789012345678901234567890.5',
  '9007199254740991',
])('%s keeps every digit', (text) => {
  expect(roundTrip(`{"n":${text}}`)).toBe(`{"n":${text}}`);
  const parsed = parseLosslessJson(text);
  expect(parsed.ok && numberText(parsed.value)).toBe(text);
});

test.each([
  ['1', 1],
  ['1.50', 1.5],
  ['1e3', 1000],
  ['0', 0],
])('%s is an ordinary number', (text, value) => {
  expect(parseLosslessJson(text)).toEqual({ ok: true, value });
});

test('what is not JSON is told without its text', () => {
  expect(parseLosslessJson('{"password": hunter2}')).toEqual({ ok: false, error: 'not valid JSON' });
});

test('64 levels are read, 65 are not, and half a million do no harm', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseLosslessJson(nested(64)).ok).toBe(true);
  expect(parseLosslessJson(nested(65)).ok).toBe(false);
  expect(parseLosslessJson(nested(500_000)).ok).toBe(false);
});

test('brackets inside of strings do not count', () => {
  expect(isDeeperThan(JSON.stringify({ a: '[[[[[{{{{{"\\"[[[[' }), 1)).toBe(false);
});

test('a name __proto__ stays an ordinary name', () => {
  expect(roundTrip('{"__proto__":{"a":1}}')).toBe('{"__proto__":{"a":1}}');
});
