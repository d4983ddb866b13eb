import { extendFingerprint, fingerprintNumber, startFingerprint } from './fingerprint.ts';
import { seededRandom } from './seeded-random.ts';

/** Length of a vector where the caller asks for none. */
export const DEFAULT_DIMENSIONS = 64;

/**
 * A vector of length 1 that belongs to a model and a text: the same text gets the same vector, and texts that share words
 * get near ones, because it is the sum of a vector of each word.
 */
export function embedVector(model: string, text: string, dimensions = DEFAULT_DIMENSIONS): number[] {
  const sum = new Float64Array(dimensions);
  for (const word of wordsOf(text)) addWord(sum, fingerprintOf(model, word));
  const length = Math.hypot(...sum) || 1;
  // As many digits as a 32-bit float has, which is what the real ones send.
  return Array.from(sum, (value) => Number(Math.fround(value / length).toPrecision(8)));
}

const wordsOf = (text: string): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu);
  return words === null ? [text] : [...words];
};

function addWord(sum: Float64Array, seed: number): void {
  const random = seededRandom(seed);
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + random() - 0.5;
}

const fingerprintOf = (model: string, word: string): number =>
  fingerprintNumber(extendFingerprint(extendFingerprint(startFingerprint(), model), word));
