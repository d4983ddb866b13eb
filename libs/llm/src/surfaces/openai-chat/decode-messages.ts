import { type Message, type Part, Role } from '@switchyard/contracts/routing';
import { reasoningPart, refusalPart, toolCallPart } from '../../formats/parts.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeContent, MAX_TEXT_CHARACTERS, type PartType } from './decode-content.ts';

const MAX_MESSAGES = 2048;
const MAX_TOOL_CALLS = 1000;
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
const USER_PARTS: readonly PartType[] = ['text', 'image_url', 'input_audio', 'file'];

/** `messages`. */
export function decodeMessages(body: FieldReader): Message[] {
  const { messages } = body.object;
  const isEmpty = Array.isArray(messages) && messages.length === 0;
  if (isEmpty || !body.has('messages')) body.refuse('messages', 'needs at least one message');
  return body.readers('messages', MAX_MESSAGES).flatMap((message) => decodeMessage(message) ?? []);
}

function decodeMessage(message: FieldReader): Message | undefined {
  if (message.object.role === 'function') return message.refuse('role', 'function is deprecated; use tool');
  const role = message.oneOf('role', ROLES);
  if (role === undefined) return message.has('role') ? undefined : message.refuse('role', 'is required');
  const name = message.string('name', 64) ?? '';
  switch (role) {
    case 'system':
      return { role: Role.SYSTEM, parts: needed(message, decodeContent(message, ['text'])), name };
    case 'developer':
      return { role: Role.DEVELOPER, parts: needed(message, decodeContent(message, ['text'])), name };
    case 'user':
      return { role: Role.USER, parts: needed(message, decodeContent(message, USER_PARTS)), name };
    case 'assistant':
      return { role: Role.ASSISTANT, parts: decodeAssistant(message), name };
    case 'tool':
      return { role: Role.TOOL, parts: [decodeToolResult(message)], name: '' };
  }
}

/** An empty text is a text: OpenAI takes it, so it is not refused here. */
function needed(message: FieldReader, parts: Part[]): Part[] {
  if (!message.has('content')) message.refuse('content', 'is required');
  return parts.length > 0 ? parts : [{ content: { $case: 'text', value: '' }, cacheControl: undefined }];
}

function decodeAssistant(message: FieldReader): Part[] {
  if (message.has('function_call')) message.refuse('function_call', 'is deprecated; use tool_calls');
  if (message.has('audio')) message.refuse('audio', 'audio answers are not offered yet');
  const refusal = message.string('refusal', MAX_TEXT_CHARACTERS);
  return [
    ...decodeReasoning(message),
    ...decodeContent(message, ['text', 'refusal']),
    ...(refusal ? [refusalPart(refusal)] : []),
    ...message.readers('tool_calls', MAX_TOOL_CALLS).flatMap(decodeToolCall),
  ];
}

/** `reasoning_details` hold whole blocks with signatures; without them there may be text in `reasoning_content`. */
function decodeReasoning(message: FieldReader): Part[] {
  const details = message.readers('reasoning_details', MAX_TOOL_CALLS);
  if (details.length > 0) {
    return details.map((detail) =>
      reasoningPart({
        text: detail.string('text', MAX_TEXT_CHARACTERS) ?? '',
        signature: detail.string('signature', MAX_TEXT_CHARACTERS) ?? '',
        redactedData: detail.string('data', MAX_TEXT_CHARACTERS) ?? '',
      }),
    );
  }
  const text =
    message.string('reasoning_content', MAX_TEXT_CHARACTERS) ??
    message.string('reasoning', MAX_TEXT_CHARACTERS);
  return text ? [reasoningPart({ text })] : [];
}

function decodeToolCall(call: FieldReader): Part[] {
  if (call.oneOf('type', ['function']) === undefined && call.has('type')) return [];
  const called = call.reader('function');
  if (called === undefined && !call.has('function')) call.refuse('function', 'is required');
  const id = call.requiredString('id', 256);
  const name = called?.requiredString('name', 256) ?? '';
  const argumentsJson = called?.string('arguments', MAX_TEXT_CHARACTERS) ?? '';
  const part = toolCallPart({ id, name, argumentsJson });
  const signature = thoughtSignature(call);
  return signature === undefined ? [part] : [reasoningPart({ signature }), part];
}

/** Where Google's OpenAI-compatible API keeps the signature of the thought behind a call. */
function thoughtSignature(call: FieldReader): string | undefined {
  return call.reader('extra_content')?.reader('google')?.string('thought_signature', MAX_TEXT_CHARACTERS);
}

function decodeToolResult(message: FieldReader): Part {
  const toolCallId = message.requiredString('tool_call_id', 256);
  const parts = needed(message, decodeContent(message, ['text', 'image_url']));
  const value = { toolCallId, parts, isError: false, name: message.string('name', 64) ?? '' };
  return { content: { $case: 'toolResult', value }, cacheControl: undefined };
}
