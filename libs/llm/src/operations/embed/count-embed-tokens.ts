import type { EmbedInput, EmbedRequest } from '@switchyard/contracts/routing';
import { estimateTextTokens } from '../../rating/count-tokens.ts';

/** What a provider may add to each input: marks of begin and end, and an instruction that says what the vector is for. */
const MOST_PER_INPUT = 32;

/** Expected tokens of all inputs. */
export function estimateEmbedTokens({ inputs }: EmbedRequest): number {
  return inputs.reduce((sum, input) => sum + estimateInput(input), 0);
}

/** Expected tokens of the longest input: each has the model's context for itself. */
export function estimateLongestInput({ inputs }: EmbedRequest): number {
  return inputs.reduce((longest, input) => Math.max(longest, estimateInput(input)), 0);
}

/** Most tokens that the inputs can become: text has at most one token a byte. */
export function boundEmbedTokens({ inputs }: EmbedRequest): number {
  return inputs.reduce((sum, { content }) => sum + MOST_PER_INPUT + unitsOf(content), 0);
}

function estimateInput({ content }: EmbedInput): number {
  return content?.$case === 'tokens' ? content.value.tokens.length : estimateTextTokens(unitsOf(content));
}

/** Tokens, or bytes of text. */
function unitsOf(content: EmbedInput['content']): number {
  if (content === undefined) return 0;
  return content.$case === 'tokens' ? content.value.tokens.length : Buffer.byteLength(content.value, 'utf8');
}
