import type { SpeakRequest } from '@switchyard/contracts/routing';
import { estimateTextTokens } from '../../rating/count-tokens.ts';

/** Spoken English has about 15 characters a second. */
const CHARACTERS_PER_SECOND = 15;

/** How large a text to be spoken is. */
export interface SpeechSize {
  /** Unicode code points, as providers charge them. */
  readonly characters: number;
  readonly expectedTokens: number;
  /** Text has at most one token a byte. */
  readonly mostTokens: number;
  readonly expectedSeconds: number;
}

/** Sizes up a request. */
export function measureSpeech({ text, instructions, speed = 1 }: SpeakRequest): SpeechSize {
  const bytes = Buffer.byteLength(text) + Buffer.byteLength(instructions);
  let characters = 0;
  for (const _ of text) characters += 1;
  return {
    characters,
    expectedTokens: estimateTextTokens(bytes),
    mostTokens: bytes,
    expectedSeconds: Math.ceil(characters / CHARACTERS_PER_SECOND / speed),
  };
}
