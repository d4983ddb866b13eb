import type { FieldReader } from '../field-reader.ts';

/** Documented fields that are not offered: what may stand there all the same, and what to say of anything else. */
const REFUSED: Readonly<
  Record<string, { readonly harmless: (value: unknown) => boolean; readonly text: string }>
> = {
  n: { harmless: (value) => value === 1, text: 'must be 1: one choice is given per request' },
  logprobs: { harmless: (value) => value === false, text: 'log probabilities are not offered yet' },
  top_logprobs: { harmless: (value) => value === 0, text: 'log probabilities are not offered yet' },
  modalities: {
    harmless: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
    text: 'must be ["text"]: audio answers are not offered yet',
  },
  audio: { harmless: () => false, text: 'audio answers are not offered yet' },
  functions: { harmless: () => false, text: 'is deprecated; use tools' },
  function_call: { harmless: () => false, text: 'is deprecated; use tool_choice' },
};

/** Refuses by name what cannot be honoured. */
export function refuseUnofferedFields(body: FieldReader): void {
  for (const [name, { harmless, text }] of Object.entries(REFUSED)) {
    if (body.has(name) && !harmless(body.object[name])) body.refuse(name, text);
  }
}
