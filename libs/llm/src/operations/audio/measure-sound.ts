import { expectedWavSeconds } from './wav-seconds.ts';

/** Compressed speech has about 64 kbit/s. */
const EXPECTED_BYTES_PER_SECOND = 8_000;
/** No codec in use writes fewer, see `count-tokens.ts`. */
const FEWEST_BYTES_PER_SECOND = 32;
/** Gemini counts 32 tokens a second, OpenAI 10. */
const MOST_TOKENS_PER_SECOND = 32;
const EXPECTED_TOKENS_PER_SECOND = 10;
/** What a prompt and a provider's own instruction may add. */
const MOST_EXTRA_TOKENS = 1_024;

/** How long a sound is, as far as its bytes tell. */
export interface SoundSize {
  readonly expectedSeconds: number;
  readonly mostSeconds: number;
  readonly expectedTokens: number;
  readonly mostTokens: number;
}

/** Sizes up a sound to be written down. WAV says how long it is; of others only the bytes are known. */
export function measureSound({
  audio,
  prompt,
}: {
  readonly audio: Uint8Array;
  readonly prompt: string;
}): SoundSize {
  const known = expectedWavSeconds(audio);
  const expectedSeconds = Math.ceil(known ?? audio.length / EXPECTED_BYTES_PER_SECOND);
  // What a file says of itself may be wrong: only its bytes are a bound.
  const mostSeconds = Math.ceil(audio.length / FEWEST_BYTES_PER_SECOND);
  return {
    expectedSeconds,
    mostSeconds,
    expectedTokens: expectedSeconds * EXPECTED_TOKENS_PER_SECOND,
    mostTokens: mostSeconds * MOST_TOKENS_PER_SECOND + Buffer.byteLength(prompt) + MOST_EXTRA_TOKENS,
  };
}
