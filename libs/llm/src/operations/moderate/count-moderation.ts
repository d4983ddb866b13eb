import type { ModerateRequest, ModerationInput } from '@switchyard/contracts/routing';
import { estimateTextTokens } from '../../rating/count-tokens.ts';

/** What a provider may add to each input: its instruction and the list of categories. */
const MOST_PER_INPUT = 1_024;
/** Tokens of an image: see `count-tokens.ts`. */
const IMAGE = { expected: 1_100, most: 50_000 } as const;

/** Tokens of content to be judged. */
export interface ModerationTokens {
  readonly expected: number;
  readonly most: number;
  /** Expected of the longest input. */
  readonly longest: number;
}

/** Sizes up a request in one pass. */
export function measureModeration({ inputs }: ModerateRequest): ModerationTokens {
  const size = { expected: 0, most: 0, longest: 0 };
  for (const input of inputs) {
    const { expected, most } = sizeOf(input);
    size.expected += expected;
    size.most += most + MOST_PER_INPUT;
    size.longest = Math.max(size.longest, expected);
  }
  return size;
}

function sizeOf({ content }: ModerationInput): { readonly expected: number; readonly most: number } {
  if (content?.$case === 'imageUrl') return IMAGE;
  const bytes = Buffer.byteLength(content?.value ?? '');
  return { expected: estimateTextTokens(bytes), most: bytes };
}
