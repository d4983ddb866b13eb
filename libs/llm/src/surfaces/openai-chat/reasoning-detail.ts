import type { Reasoning } from '@switchyard/contracts/routing';

/**
 * One block of reasoning that must go back unchanged, as in OpenRouter's `reasoning_details`; always whole, so that a
 * client only has to collect the list. `undefined` for a block without anything to prove it.
 */
export function encodeReasoningDetail(block: Reasoning): object | undefined {
  if (block.redactedData !== '') return { type: 'reasoning.encrypted', data: block.redactedData };
  if (block.signature !== '') return { type: 'reasoning.text', text: block.text, signature: block.signature };
  return undefined;
}

/** The signature of the thought behind a tool call, where Google's OpenAI-compatible API keeps it. */
export function encodeThoughtSignature(signature: string): object {
  return { google: { thought_signature: signature } };
}
