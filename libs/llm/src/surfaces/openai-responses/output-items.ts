import { encryptedContentOf } from './reasoning-item.ts';

/** Whether an item is whole. */
type Status = 'in_progress' | 'completed' | 'incomplete';

/** What the model says. */
export interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  readonly role: 'assistant';
  readonly status: Status;
  readonly content: readonly ContentPart[];
}

/** A piece of a message. */
export type ContentPart =
  | { readonly type: 'output_text'; readonly text: string; readonly annotations: []; readonly logprobs: [] }
  | { readonly type: 'refusal'; readonly refusal: string };

/** A call that the model wants made. */
export interface CallItem {
  readonly type: 'function_call';
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
  readonly status: Status;
}

/** A block of reasoning. */
export interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
  readonly encrypted_content: string | null;
}

export type OutputItem = MessageItem | CallItem | ReasoningItem;

export const textContent = (text: string): ContentPart => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

export const refusalContent = (refusal: string): ContentPart => ({ type: 'refusal', refusal });

/** A block of reasoning as an item. */
export function reasoningItem(
  id: string,
  block: { readonly text: string; readonly signature: string; readonly redactedData: string },
): ReasoningItem {
  return {
    type: 'reasoning',
    id,
    summary: block.text === '' ? [] : [{ type: 'summary_text', text: block.text }],
    encrypted_content: encryptedContentOf(block) ?? null,
  };
}
