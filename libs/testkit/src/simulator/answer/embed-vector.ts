import { extendFingerprint, fingerprintNumber, startFingerprint } from './fingerprint.ts';
import { seededRandom } from './seeded-random.ts';

/** Length of a vector where the caller asks for none. */
export const DEFAULT_DIMENSIONS = 256;

/** What two words in a row, and three letters in a row, count beside a word. */
const PAIR_WEIGHT = 0.4;
const TRIGRAM_WEIGHT = 0.5;

/**
 * A vector of length 1 that belongs to a model and a text: the same text gets the same vector, and texts that share words, pairs
 * of words or parts of words get near ones, because it is the sum of a vector of each. Of meaning it knows nothing: "big" is as far from "large" as from "red".
 */
export function embedVector(model: string, text: string, dimensions = DEFAULT_DIMENSIONS): number[] {
  const sum = new Float64Array(dimensions);
  const words = wordsOf(text);
  for (const [i, word] of words.entries()) {
    const next = words[i + 1];
    if (next !== undefined)
      addPart(sum, { seed: fingerprintOf(model, `${word} ${next}`), weight: PAIR_WEIGHT });
    addPart(sum, { seed: fingerprintOf(model, word), weight: 1 });
    for (const trigram of trigramsOf(word))
      addPart(sum, { seed: fingerprintOf(model, trigram), weight: TRIGRAM_WEIGHT });
  }
  const length = Math.hypot(...sum) || 1;
  // As many digits as a 32-bit float has, which is what the real ones send.
  return Array.from(sum, (value) => Number(Math.fround(value / length).toPrecision(8)));
}

const wordsOf = (text: string): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu);
  return words === null ? [text] : [...words];
};

/** Three letters in a row, a blank at both ends counted as one: of "yard" ` ya`, `yar`, `ard` and `rd `. */
function trigramsOf(word: string): string[] {
  const letters = [...` ${word} `];
  return letters.slice(2).map((_, i) => letters.slice(i, i + 3).join(''));
}

function addPart(
  sum: Float64Array,
  { seed, weight }: { readonly seed: number; readonly weight: number },
): void {
  const random = seededRandom(seed);
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + weight * (random() - 0.5);
}

const fingerprintOf = (model: string, part: string): number =>
  fingerprintNumber(extendFingerprint(extendFingerprint(startFingerprint(), model), part));
