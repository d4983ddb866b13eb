import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Envelope, open, type RecordIdentity, rewrap, seal } from './envelope.ts';
import { Keyring } from './keyring.ts';

const ring = (...ids: string[]): Keyring => {
  const keys = ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`);
  const parsed = Keyring.parse(keys.join(','));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const keyring = ring('a');
const identity: RecordIdentity = { tenant: 'acme', id: 'openai', version: 3n, purpose: 'send to https://a' };
const sealed = (text: string, of: RecordIdentity = identity) =>
  seal({ plaintext: Buffer.from(text), identity: of, keyring, random: randomBytes });
const opened = (envelope: Envelope, of: RecordIdentity = identity, by = keyring) => {
  const result = open({ envelope, identity: of, keyring: by });
  return result.ok ? result.value.toString('utf8') : result.error;
};

test('any value comes back from its envelope, and the envelope does not hold it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 4_096 }), (bytes) => {
      const plaintext = Buffer.from(bytes);
      const envelope = seal({ plaintext, identity, keyring, random: randomBytes });
      const back = open({ envelope, identity, keyring });
      expect(back.ok && back.value.equals(plaintext)).toBe(true);
      expect(envelope.ciphertext.includes(plaintext)).toBe(false);
    }),
  );
});

test('A30: 100 % of ciphertexts that are swapped between records are rejected', () => {
  const others: RecordIdentity[] = [
    { ...identity, tenant: 'globex' },
    { ...identity, id: 'anthropic' },
    { ...identity, version: 4n },
    { ...identity, purpose: 'send to https://evil' },
  ];
  for (const other of others) {
    expect(opened(sealed('mine'), other)).toBe('not_authentic');
    expect(opened(sealed('theirs', other))).toBe('not_authentic');
  }
});

test('A30: 100 % of envelopes with a part of another record are rejected', () => {
  const mine = sealed('mine');
  const theirs = sealed('theirs', { ...identity, id: 'other' });
  const parts = [
    { ciphertext: theirs.ciphertext, nonce: theirs.nonce },
    { ciphertext: theirs.ciphertext },
    { wrappedKey: theirs.wrappedKey, wrapNonce: theirs.wrapNonce },
    { wrappedKey: theirs.wrappedKey },
    { nonce: theirs.nonce },
    { wrapNonce: theirs.wrapNonce },
    {
      ciphertext: theirs.ciphertext,
      nonce: theirs.nonce,
      wrappedKey: theirs.wrappedKey,
      wrapNonce: theirs.wrapNonce,
    },
  ];
  for (const part of parts) expect(opened({ ...mine, ...part })).toBe('not_authentic');
});

test('every single changed bit is noticed', () => {
  const envelope = sealed('a value');
  for (const field of ['wrapNonce', 'wrappedKey', 'nonce', 'ciphertext'] as const) {
    for (let bit = 0; bit < envelope[field].length * 8; bit++) {
      const changed = Buffer.from(envelope[field]);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(opened({ ...envelope, [field]: changed })).toBe('not_authentic');
    }
  }
});

test('a cut ciphertext, tag or nonce is refused and does not throw', () => {
  const envelope = sealed('a value');
  for (const length of [0, 1, 15, 16]) {
    expect(opened({ ...envelope, ciphertext: envelope.ciphertext.subarray(0, length) })).toBe(
      'not_authentic',
    );
    expect(opened({ ...envelope, wrappedKey: envelope.wrappedKey.subarray(0, length) })).toBe(
      'not_authentic',
    );
  }
  expect(opened({ ...envelope, nonce: Buffer.alloc(0) })).toBe('not_authentic');
});

test('each sealing takes a new data key and new nonces of 96 bits', () => {
  const envelopes = Array.from({ length: 100 }, () => sealed('the same value'));
  for (const field of ['wrapNonce', 'wrappedKey', 'nonce', 'ciphertext'] as const) {
    expect(new Set(envelopes.map((envelope) => envelope[field].toString('hex'))).size).toBe(100);
  }
  expect(envelopes[0]?.nonce.length).toBe(12);
  expect(envelopes[0]?.wrapNonce.length).toBe(12);
});

test('the data key is wiped after sealing', () => {
  const given: Buffer[] = [];
  const remember = (bytes: number) => {
    const random = randomBytes(bytes);
    given.push(random);
    return random;
  };
  seal({ plaintext: Buffer.from('x'), identity, keyring, random: remember });
  const dataKey = given.find(({ length }) => length === 32);
  expect(dataKey?.every((byte) => byte === 0)).toBe(true);
});

test('a new first key wraps, older ones still open, and a missing one is told apart from a forgery', () => {
  const envelope = sealed('kept');
  expect(opened(envelope, identity, ring('b', 'a'))).toBe('kept');
  expect(opened(envelope, identity, ring('b'))).toBe('kek_missing');
  expect(
    seal({ plaintext: Buffer.from('x'), identity, keyring: ring('b', 'a'), random: randomBytes }).kekId,
  ).toBe('b');
});

test('a re-wrap changes the wrapping only, and the old key is no longer needed', () => {
  const envelope = sealed('kept');
  const result = rewrap({ envelope, identity, keyring: ring('b', 'a'), random: randomBytes });
  if (!result.ok) throw new Error(result.error);
  expect(result.value.kekId).toBe('b');
  expect(result.value.ciphertext).toEqual(envelope.ciphertext);
  expect(result.value.nonce).toEqual(envelope.nonce);
  expect(result.value.wrappedKey).not.toEqual(envelope.wrappedKey);
  expect(opened(result.value, identity, ring('b'))).toBe('kept');
});

test('a re-wrap does not turn a forgery into a good record', () => {
  const envelope = sealed('kept');
  const other = { ...identity, tenant: 'globex' };
  expect(rewrap({ envelope, identity: other, keyring: ring('b', 'a'), random: randomBytes })).toEqual({
    ok: false,
    error: 'not_authentic',
  });
});

test('an identity whose parts could run into each other is refused', () => {
  expect(() => sealed('x', { ...identity, id: 'a|b' })).toThrow(TypeError);
});
