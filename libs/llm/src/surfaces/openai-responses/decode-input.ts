import { type Message, type Part, Role } from '@switchyard/contracts/routing';
import { reasoningPart, textPart, toolCallPart } from '../../formats/parts.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeContent, MAX_TEXT_CHARACTERS } from './decode-content.ts';
import { opaqueOf } from './reasoning-item.ts';

const MAX_ITEMS = 4096;
const MAX_SUMMARIES = 1000;
const ITEM_TYPES = ['message', 'function_call', 'function_call_output', 'reasoning'] as const;
const NOT_KEPT =
  'items are not kept here; send the item itself (with the Vercel AI SDK: providerOptions.openai.store = false)';

/** The conversation, and where each message stands in the body. */
export interface DecodedInput {
  readonly messages: Message[];
  readonly places: string[];
}

/** `instructions` and `input`. Neighbouring items of the model are one turn. */
export function decodeInput(body: FieldReader): DecodedInput {
  const messages: Message[] = [];
  const places: string[] = [];
  const add = (message: Message, place: string) => {
    const last = messages.at(-1);
    if (last?.role === Role.ASSISTANT && message.role === Role.ASSISTANT) {
      last.parts.push(...message.parts);
      return;
    }
    messages.push(message);
    places.push(place);
  };
  const instructions = body.string('instructions', MAX_TEXT_CHARACTERS);
  if (instructions) add({ role: Role.SYSTEM, parts: [textPart(instructions)], name: '' }, 'instructions');
  const { input } = body.object;
  if (!body.has('input') || input === '' || (Array.isArray(input) && input.length === 0))
    body.refuse('input', 'is required');
  if (typeof input === 'string') {
    const text = body.string('input', MAX_TEXT_CHARACTERS) ?? '';
    add({ role: Role.USER, parts: [textPart(text)], name: '' }, 'input');
    return { messages, places };
  }
  for (const item of body.readers('input', MAX_ITEMS)) {
    const message = decodeItem(item);
    if (message !== undefined) add(message, item.pathOf(''));
  }
  return { messages, places };
}

/** A message may leave its type out. */
function decodeItem(item: FieldReader): Message | undefined {
  if (item.object.type === 'item_reference') return item.refuse('type', NOT_KEPT);
  const type = item.has('type') ? item.oneOf('type', ITEM_TYPES) : 'message';
  switch (type) {
    case undefined:
      return undefined;
    case 'message':
      return decodeMessage(item);
    case 'function_call':
      return assistant(
        toolCallPart({
          id: item.requiredString('call_id', 256),
          name: item.requiredString('name', 256),
          argumentsJson: item.string('arguments', MAX_TEXT_CHARACTERS) ?? '',
        }),
      );
    case 'function_call_output':
      return decodeOutput(item);
    case 'reasoning':
      return decodeReasoning(item);
  }
}

const ROLES = {
  user: Role.USER,
  assistant: Role.ASSISTANT,
  system: Role.SYSTEM,
  developer: Role.DEVELOPER,
} as const;

function decodeMessage(item: FieldReader): Message | undefined {
  const role = item.oneOf('role', ['user', 'assistant', 'system', 'developer']);
  switch (role) {
    case undefined:
      return item.has('role') ? undefined : item.refuse('role', 'is required');
    case 'assistant':
      return {
        role: Role.ASSISTANT,
        parts: decodeContent(item, 'content', ['output_text', 'refusal']),
        name: '',
      };
    case 'user': {
      const parts = decodeContent(item, 'content', ['input_text', 'input_image', 'input_file']);
      return { role: Role.USER, parts, name: '' };
    }
    default:
      return { role: ROLES[role], parts: decodeContent(item, 'content', ['input_text']), name: '' };
  }
}

function decodeOutput(item: FieldReader): Message {
  const toolCallId = item.requiredString('call_id', 256);
  const parts = decodeContent(item, 'output', ['input_text', 'input_image', 'input_file']);
  const value = { toolCallId, parts, isError: false, name: '' };
  return {
    role: Role.TOOL,
    parts: [{ content: { $case: 'toolResult', value }, cacheControl: undefined }],
    name: '',
  };
}

function decodeReasoning(item: FieldReader): Message {
  const texts = item
    .readers('summary', MAX_SUMMARIES)
    .map((summary) => summary.string('text', MAX_TEXT_CHARACTERS) ?? '');
  const opaque = opaqueOf(item.string('encrypted_content', MAX_TEXT_CHARACTERS) ?? '');
  return assistant(reasoningPart({ text: texts.join('\n\n'), ...opaque }));
}

const assistant = (part: Part): Message => ({ role: Role.ASSISTANT, parts: [part], name: '' });
