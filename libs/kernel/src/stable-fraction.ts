import { createHash } from 'node:crypto';

/** A number from 0 to below 1 that is the same for the same text at every time and place, and spread evenly over texts. */
export function stableFraction(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  // 53 bits: as many as a number holds exactly.
  return (digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)) / 2 ** 53;
}
