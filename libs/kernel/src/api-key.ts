import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PATTERN = /^sy_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** A new API key: `sy_`, 30 random base62 characters (178 bits) and 6 of CRC-32, so that a mistyped key is told from an unknown one. */
export function newApiKey(): string {
  let body = '';
  while (body.length < 30) {
    for (const byte of randomBytes(48)) {
      // 248 = 4 × 62: larger bytes would make the first characters likelier.
      if (byte < 248 && body.length < 30) body += ALPHABET[byte % 62];
    }
  }
  return `sy_${body}${checksum(body)}`;
}

/** Whether a text has the form and the checksum of an API key. Says nothing about whether it is known. */
export function isApiKey(text: string): boolean {
  const match = PATTERN.exec(text);
  return match !== null && checksum(match[1] as string) === match[2];
}

/** SHA-256 of a whole key: what is stored and compared. 178 random bits need no slow hash. */
export function apiKeyDigest(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < 6; i++) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
