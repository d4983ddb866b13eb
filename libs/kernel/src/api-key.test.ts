import { expect, test } from 'vitest';
import { apiKeyDigest, isApiKey, newApiKey } from './api-key.ts';

test('a new key has the documented form and a right checksum', () => {
  const key = newApiKey();
  expect(key).toMatch(/^sy_[0-9A-Za-z]{36}$/);
  expect(isApiKey(key)).toBe(true);
});

test('a key with one character changed is refused by its checksum', () => {
  const key = newApiKey();
  for (let i = 3; i < key.length; i++) {
    const other = key[i] === 'a' ? 'b' : 'a';
    expect(isApiKey(key.slice(0, i) + other + key.slice(i + 1))).toBe(false);
  }
});

test('what is stored is the whole SHA-256', () => {
  expect(apiKeyDigest('abc').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
