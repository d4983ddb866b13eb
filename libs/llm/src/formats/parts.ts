import { type Message, type Part, Role, type ToolCall } from '@switchyard/contracts/routing';

/** Content of a part, when one is set. */
export type PartContent = NonNullable<Part['content']>;

/** A part with this content. */
export function part(content: PartContent): Part {
  return { content, cacheControl: undefined };
}

export const textPart = (text: string): Part => part({ $case: 'text', value: text });

export const refusalPart = (text: string): Part => part({ $case: 'refusal', value: text });

export const toolCallPart = (call: ToolCall): Part => part({ $case: 'toolCall', value: call });

/** A block of reasoning; what is not given is empty. */
export function reasoningPart(block: {
  readonly text?: string;
  readonly signature?: string;
  readonly redactedData?: string;
}): Part {
  const { text = '', signature = '', redactedData = '' } = block;
  return part({ $case: 'reasoning', value: { text, signature, redactedData } });
}

/** An assistant's turn. */
export function assistantMessage(parts: Part[]): Message {
  return { role: Role.ASSISTANT, parts, name: '' };
}
