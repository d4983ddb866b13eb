import { expect, test } from 'vitest';
import { snakeCase } from './snake-case.ts';

test.each([
  ['input', 'input'],
  ['keyId', 'key_id'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['cacheWrite1hTokens', 'cache_write_1h_tokens'],
  ['sha256', 'sha256'],
])('%s is the field %s', (name, field) => {
  expect(snakeCase(name)).toBe(field);
});
