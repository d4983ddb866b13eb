import type { PromptPiece } from './simulated-call.ts';
import { countTokens } from './tokens.ts';

/** Tokens that a message costs besides its contents. */
export const MESSAGE_OVERHEAD_TOKENS = 3;
/** Tokens of an image, a sound or a file, whatever its size. */
export const MEDIA_TOKENS = 256;

/** A part of a message. */
export type PromptPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `source`: what tells it from another one, such as its address or its bytes. */
  | { readonly kind: 'media'; readonly source: string };

/** A message as prompt: each text counts by itself. */
export function messagePiece(args: {
  readonly role: string;
  readonly parts: readonly PromptPart[];
  readonly mark?: '5m' | '1h';
}): PromptPiece {
  let text = args.role;
  let tokens = MESSAGE_OVERHEAD_TOKENS;
  for (const part of args.parts) {
    text += `\n${part.kind === 'text' ? part.text : part.source}`;
    tokens += part.kind === 'text' ? countTokens(part.text) : MEDIA_TOKENS;
  }
  return { text, tokens, ...(args.mark !== undefined && { mark: args.mark }) };
}

/** A tool or schema as prompt: the tokens of its JSON. */
export function definitionPiece(definition: unknown, mark?: '5m' | '1h'): PromptPiece {
  const text = JSON.stringify(definition);
  return { text, tokens: countTokens(text), ...(mark !== undefined && { mark }) };
}
