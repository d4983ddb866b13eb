import { expect, test } from 'vitest';
import { isDeepJson, MAX_JSON_TEXT_DEPTH } from './json-depth.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

test('the deepest that is parsed is told from one level more', () => {
  expect(isDeepJson(nested(MAX_JSON_TEXT_DEPTH))).toBe(false);
  expect(isDeepJson(`[${nested(MAX_JSON_TEXT_DEPTH)}]`)).toBe(true);
});

test('what lies side by side is not deep', () => {
  expect(isDeepJson(`[${'[],{},'.repeat(1_000)}[]]`)).toBe(false);
});

test.each(['[', '{', '\\"[', '\\\\\\"{', 'ünïcode ['])('brackets of a text count as text: %s', (part) => {
  const text = `{"a":"${part.repeat(300)}"}`;
  expect(() => JSON.parse(text)).not.toThrow();
  expect(isDeepJson(text)).toBe(false);
});

test('a text that ends with a backslash ends', () => {
  expect(isDeepJson(`["\\\\",${nested(MAX_JSON_TEXT_DEPTH)}]`)).toBe(true);
});
