import { type Message, Role } from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';
import { type BlockType, decodeBlocks } from './decode-blocks.ts';

const MAX_MESSAGES = 2048;
const USER_BLOCKS: readonly BlockType[] = ['text', 'image', 'document', 'tool_result'];
const ASSISTANT_BLOCKS: readonly BlockType[] = ['text', 'thinking', 'redacted_thinking', 'tool_use'];

/** The conversation, and where each message stands in the body. */
export interface DecodedConversation {
  readonly messages: Message[];
  readonly places: string[];
}

/** `system` and `messages`. */
export function decodeConversation(body: FieldReader): DecodedConversation {
  const messages: Message[] = [];
  const places: string[] = [];
  const system = decodeBlocks(body, 'system', ['text']);
  if (system.length > 0) {
    messages.push({ role: Role.SYSTEM, parts: system, name: '' });
    places.push('system');
  }
  const { messages: given } = body.object;
  if (!body.has('messages') || (Array.isArray(given) && given.length === 0))
    body.refuse('messages', 'needs at least one message');
  for (const message of body.readers('messages', MAX_MESSAGES)) {
    const decoded = decodeMessage(message);
    if (decoded === undefined) continue;
    messages.push(decoded);
    places.push(message.pathOf(''));
  }
  return { messages, places };
}

function decodeMessage(message: FieldReader): Message | undefined {
  const role = message.oneOf('role', ['user', 'assistant', 'system']);
  if (role === undefined) return message.has('role') ? undefined : message.refuse('role', 'is required');
  message.refuseOthers(['role', 'content']);
  if (!message.has('content')) return message.refuse('content', 'is required');
  switch (role) {
    case 'assistant':
      return { role: Role.ASSISTANT, parts: decodeBlocks(message, 'content', ASSISTANT_BLOCKS), name: '' };
    case 'system':
      return { role: Role.SYSTEM, parts: decodeBlocks(message, 'content', ['text']), name: '' };
    case 'user':
      return { role: Role.USER, parts: decodeBlocks(message, 'content', USER_BLOCKS), name: '' };
  }
}
