import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What an answer belongs to: it decrypts nowhere else. */
export interface SealedFor {
  readonly tenant: string;
  /** What whoever asks for it knows, and its store does not: the idempotency key, or the key of the question. */
  readonly knownToCallers: string;
  /** Digest of the request. */
  readonly about: string;
}

/** What answers are kept for; none can be taken for one of another use. */
export type SealedUse = 'idempotent answer' | 'cached answer' | 'vector of a question' | 'file';

/**
 * Encrypts stored answers with AES-256-GCM: a key of its own for each, derived (HKDF, RFC 5869) from what the caller
 * knows and the store has only the digest of, and the installation's secret. So neither the store nor the secret by itself reads an
 * answer, and there is no further key to make, mount, rotate and lose.
 */
export class AnswerCipher {
  readonly #secret: string;
  readonly #use: SealedUse;

  /** @param secret the same at every replica, and not in the store */
  constructor(secret: string, use: SealedUse) {
    this.#secret = secret;
    this.#use = use;
  }

  seal(answer: Uint8Array, whose: SealedFor): Buffer {
    const salt = randomBytes(SALT_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#keyOf(whose, salt), nonce);
    cipher.setAAD(this.#boundTo(whose));
    return Buffer.concat([salt, nonce, cipher.update(answer), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined where it was sealed for something else or with another secret, or is not whole. */
  open(sealed: Buffer, whose: SealedFor): Buffer | undefined {
    if (sealed.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES) return undefined;
    const salt = sealed.subarray(0, SALT_BYTES);
    const nonce = sealed.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.#keyOf(whose, salt), nonce);
    decipher.setAAD(this.#boundTo(whose));
    decipher.setAuthTag(sealed.subarray(end));
    try {
      return Buffer.concat([
        decipher.update(sealed.subarray(SALT_BYTES + NONCE_BYTES, end)),
        decipher.final(),
      ]);
    } catch {
      return undefined;
    }
  }

  #keyOf({ tenant, knownToCallers }: SealedFor, salt: Buffer): Buffer {
    const material = JSON.stringify([this.#secret, knownToCallers]);
    return Buffer.from(hkdfSync('sha256', material, salt, JSON.stringify(['answer', 1, tenant]), KEY_BYTES));
  }

  #boundTo({ tenant, about }: SealedFor): Buffer {
    return Buffer.from(JSON.stringify([tenant, about, 1, this.#use]));
  }
}
