/** A running, non-cryptographic hash of texts (cyrb53, public domain). Start with `startFingerprint()`. */
export interface Fingerprint {
  readonly low: number;
  readonly high: number;
}

/** The fingerprint of nothing. */
export function startFingerprint(seed = 0): Fingerprint {
  return { low: 0xdeadbeef ^ seed, high: 0x41c6ce57 ^ seed };
}

/** The fingerprint after one more text. `('a', 'bc')` and `('ab', 'c')` differ. */
export function extendFingerprint(from: Fingerprint, text: string): Fingerprint {
  let low = Math.imul(from.low ^ text.length, 2654435761);
  let high = Math.imul(from.high ^ text.length, 1597334677);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  return { low, high };
}

/** 53 bits as one integer. */
export function fingerprintNumber({ low, high }: Fingerprint): number {
  const a = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  const b = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4_294_967_296 * (2_097_151 & (b >>> 0)) + (a >>> 0);
}
