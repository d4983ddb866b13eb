import { createHash } from 'node:crypto';
import { err, ok, type Result } from '@switchyard/kernel';

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32;
const MAX_KEYS = 16;
const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Key-encryption keys. The first wraps new data keys, all unwrap: so a new key is added last everywhere, then moved to the
 * front everywhere, and the old one is taken out when no record is wrapped by it any more.
 */
export class Keyring {
  readonly #keys: ReadonlyMap<string, Buffer>;
  /** Id of the key that wraps. */
  readonly wrappingKeyId: string;

  private constructor(keys: ReadonlyMap<string, Buffer>, wrappingKeyId: string) {
    this.#keys = keys;
    this.wrappingKeyId = wrappingKeyId;
  }

  /** Ids of all keys, the wrapping one first. */
  get ids(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** A key; undefined where the ring has none of this id. */
  key(id: string): Buffer | undefined {
    return this.#keys.get(id);
  }

  /**
   * Reads `id:base64,id:base64,…`; a single key may go without an id and then gets one from its digest.
   *
   * @returns the ring, or what is wrong; never with a part of a key in it
   */
  static parse(text: string): Result<Keyring, string> {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (parts.length === 0 || parts.length > MAX_KEYS) return err(`must hold 1 to ${MAX_KEYS} keys`);
    const keys = new Map<string, Buffer>();
    for (const [index, part] of parts.entries()) {
      const parsed = parsePart(part);
      if (!parsed.ok) return err(`key ${index + 1}: ${parsed.error}`);
      const { id, key } = parsed.value;
      if (keys.has(id)) return err(`key ${index + 1}: the id is there twice`);
      keys.set(id, key);
    }
    return ok(new Keyring(keys, keys.keys().next().value as string));
  }
}

function parsePart(part: string): Result<{ id: string; key: Buffer }, string> {
  const colon = part.indexOf(':');
  const encoded = part.slice(colon + 1);
  const key = Buffer.from(encoded, 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== encoded) {
    return err(`must be ${KEY_BYTES} bytes in base64, for example from "openssl rand -base64 32"`);
  }
  const id = colon === -1 ? derivedId(key) : part.slice(0, colon);
  return KEY_ID.test(id) ? ok({ id, key }) : err('the id must be 1 to 64 of letters, digits, ".", "_", "-"');
}

/** Two keys without an id must not share one: a record would be unwrapped with the wrong key. */
function derivedId(key: Buffer): string {
  return `k-${createHash('sha256').update('switchyard key id').update(key).digest('hex').slice(0, 12)}`;
}
