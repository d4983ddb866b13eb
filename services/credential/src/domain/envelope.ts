import { createCipheriv, createDecipheriv } from 'node:crypto';
import { err, ok, type Result } from '@switchyard/kernel';
import type { Keyring } from './keyring.ts';

/** What a ciphertext belongs to. It opens for this identity only, so that ciphertexts cannot be swapped between records. */
export interface RecordIdentity {
  /** The owner: a tenant or `installation`. */
  readonly tenant: string;
  readonly id: string;
  readonly version: bigint;
  /** What the record is for. */
  readonly purpose: string;
}

/** An encrypted value with its data key, which is wrapped by a key-encryption key. */
export interface Envelope {
  /** Id of the key-encryption key. */
  readonly kekId: string;
  readonly wrapNonce: Buffer;
  /** The data key, encrypted, with its tag. */
  readonly wrappedKey: Buffer;
  readonly nonce: Buffer;
  /** The value, encrypted, with its tag. */
  readonly ciphertext: Buffer;
}

/** Gives so many bytes that nobody can guess. */
export type RandomBytes = (bytes: number) => Buffer;

/** Why an envelope does not open: its key-encryption key is not there, or it was changed or belongs to another record. */
export type OpenFailure = 'kek_missing' | 'not_authentic';

const CIPHER = 'aes-256-gcm';
const DATA_KEY_BYTES = 32;
/** 96 bits, the size that GCM is defined for. Source: NIST SP 800-38D §8.2. Each key encrypts once, so nonces cannot collide. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Purpose of a wrapped data key, in place of the record's own. */
const DATA_KEY_PURPOSE = 'data-key';

/** Encrypts a value under a new data key. */
export function seal(input: {
  readonly plaintext: Buffer;
  readonly identity: RecordIdentity;
  readonly keyring: Keyring;
  readonly random: RandomBytes;
}): Envelope {
  const { plaintext, identity, keyring, random } = input;
  const dataKey = random(DATA_KEY_BYTES);
  try {
    const nonce = random(NONCE_BYTES);
    const ciphertext = encrypt({ key: dataKey, nonce, text: plaintext, identity });
    return { ...wrap({ dataKey, identity, keyring, random }), nonce, ciphertext };
  } finally {
    dataKey.fill(0);
  }
}

/** Decrypts a value. The caller wipes it after use. */
export function open(input: {
  readonly envelope: Envelope;
  readonly identity: RecordIdentity;
  readonly keyring: Keyring;
}): Result<Buffer, OpenFailure> {
  const { envelope, identity } = input;
  const dataKey = unwrap(input);
  if (!dataKey.ok) return dataKey;
  try {
    return decrypt({ key: dataKey.value, nonce: envelope.nonce, text: envelope.ciphertext, identity });
  } finally {
    dataKey.value.fill(0);
  }
}

/** Wraps the data key of an envelope anew with the ring's first key. The value's ciphertext stays as it is. */
export function rewrap(input: {
  readonly envelope: Envelope;
  readonly identity: RecordIdentity;
  readonly keyring: Keyring;
  readonly random: RandomBytes;
}): Result<Envelope, OpenFailure> {
  const dataKey = unwrap(input);
  if (!dataKey.ok) return dataKey;
  try {
    return ok({ ...input.envelope, ...wrap({ ...input, dataKey: dataKey.value }) });
  } finally {
    dataKey.value.fill(0);
  }
}

function wrap(input: {
  readonly dataKey: Buffer;
  readonly identity: RecordIdentity;
  readonly keyring: Keyring;
  readonly random: RandomBytes;
}): Pick<Envelope, 'kekId' | 'wrapNonce' | 'wrappedKey'> {
  const { dataKey, identity, keyring, random } = input;
  const kekId = keyring.wrappingKeyId;
  const wrapNonce = random(NONCE_BYTES);
  const wrappedKey = encrypt({
    key: keyring.key(kekId) as Buffer,
    nonce: wrapNonce,
    text: dataKey,
    identity: { ...identity, purpose: DATA_KEY_PURPOSE },
  });
  return { kekId, wrapNonce, wrappedKey };
}

function unwrap(input: {
  readonly envelope: Envelope;
  readonly identity: RecordIdentity;
  readonly keyring: Keyring;
}): Result<Buffer, OpenFailure> {
  const { kekId, wrapNonce, wrappedKey } = input.envelope;
  const key = input.keyring.key(kekId);
  if (key === undefined) return err('kek_missing');
  const identity = { ...input.identity, purpose: DATA_KEY_PURPOSE };
  const dataKey = decrypt({ key, nonce: wrapNonce, text: wrappedKey, identity });
  if (dataKey.ok && dataKey.value.length !== DATA_KEY_BYTES) return err('not_authentic');
  return dataKey;
}

/** Text in, under a key and a nonce, for a record. */
interface CipherInput {
  readonly key: Buffer;
  readonly nonce: Buffer;
  readonly text: Buffer;
  readonly identity: RecordIdentity;
}

function encrypt({ key, nonce, text, identity }: CipherInput): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(identity));
  const encrypted = cipher.update(text);
  cipher.final();
  return Buffer.concat([encrypted, cipher.getAuthTag()]);
}

function decrypt({ key, nonce, text, identity }: CipherInput): Result<Buffer, 'not_authentic'> {
  if (nonce.length !== NONCE_BYTES || text.length < TAG_BYTES) return err('not_authentic');
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(identity));
  decipher.setAuthTag(text.subarray(text.length - TAG_BYTES));
  const decrypted = decipher.update(text.subarray(0, text.length - TAG_BYTES));
  try {
    decipher.final();
    return ok(decrypted);
  } catch {
    // GCM gives out text before it has checked it.
    decrypted.fill(0);
    return err('not_authentic');
  }
}

/** `tenant|id|version|purpose`. No part holds a `|`, so two records cannot have the same text. */
function associatedData({ tenant, id, version, purpose }: RecordIdentity): Buffer {
  const parts = [tenant, id, version.toString(), purpose];
  if (parts.some((part) => part.includes('|'))) throw new TypeError('a part of the identity holds a "|"');
  return Buffer.from(parts.join('|'), 'utf8');
}
