import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Keyring } from './keyring.ts';

const key = (fill: string) => Buffer.alloc(32, fill).toString('base64');
const problem = (text: string) => {
  const parsed = Keyring.parse(text);
  return parsed.ok ? undefined : parsed.error;
};

test('the first key wraps and all are there', () => {
  const parsed = Keyring.parse(`k2:${key('b')}, k1:${key('a')}`);
  if (!parsed.ok) throw new Error(parsed.error);
  expect(parsed.value.wrappingKeyId).toBe('k2');
  expect(parsed.value.ids).toEqual(['k2', 'k1']);
  expect(parsed.value.key('k1')).toEqual(Buffer.alloc(32, 'a'));
  expect(parsed.value.key('k3')).toBeUndefined();
});

test('keys without an id get different ones', () => {
  const ids = ['a', 'b'].map((fill) => {
    const parsed = Keyring.parse(key(fill));
    return parsed.ok ? parsed.value.wrappingKeyId : undefined;
  });
  expect(ids[0]).toMatch(/^k-[0-9a-f]{12}$/);
  expect(ids[0]).not.toBe(ids[1]);
});

test('what is not 1 to 16 keys of 32 bytes with different ids is refused, without showing a key', () => {
  const short = Buffer.alloc(16, 'z').toString('base64');
  const bad = [
    '',
    ' , ',
    'k1:',
    `k1:${short}`,
    `k1:${key('a')},k1:${key('b')}`,
    `k 1:${key('a')}`,
    'not base64!',
  ];
  bad.push(Array.from({ length: 17 }, (_, i) => `k${i}:${key('a')}`).join(','));
  for (const text of bad) {
    expect(problem(text), text).toBeDefined();
    expect(problem(text)).not.toContain(short);
    expect(problem(text)).not.toContain(key('a'));
  }
});

test('printing a ring shows no key', () => {
  const parsed = Keyring.parse(`k1:${key('a')}`);
  const shown = inspect(parsed, { depth: 9, showHidden: true }) + JSON.stringify(parsed);
  expect(shown).not.toContain(key('a'));
  expect(shown).not.toContain('aaaa');
  expect(shown).not.toContain(Buffer.alloc(8, 'a').toString('hex'));
  expect(shown).not.toContain('61 61 61');
});
