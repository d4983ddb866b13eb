import type { Random } from './seeded-random.ts';
import { truncateToTokens } from './tokens.ts';

/** Some are longer than one byte per character, so that nothing downstream may cut text at bytes. */
const WORDS = [
  'river', 'lantern', 'quiet', 'copper', 'meadow', 'signal', 'amber', 'harbour', 'ledger', 'orbit', 'pebble',
  'winter', 'cedar', 'gentle', 'rapid', 'market', 'silver', 'canyon', 'morning', 'switch', 'marble', 'thread',
  'garden', 'island', 'copilot', 'velvet', 'summit', 'beacon', 'café', 'naïve', '東京', '→',
] as const; // biome-ignore format: a table reads better than a column

/** Words drawn from the randomness after an opening, cut to exactly `tokens` tokens. */
export function fillerText(args: {
  readonly opening: string;
  readonly tokens: number;
  readonly random: Random;
}): string {
  let text = args.opening;
  // A word and its space are at least 4 bytes or one character of 3 bytes: this many always suffice.
  const words = Math.ceil(args.tokens * 1.25) + 1;
  const characters = args.tokens * 4;
  for (let i = 0; i < words && text.length <= characters; i++) {
    text += ` ${WORDS[Math.floor(args.random() * WORDS.length)]}`;
  }
  return truncateToTokens(text, args.tokens);
}
