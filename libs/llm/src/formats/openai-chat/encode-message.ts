import {
  type Media,
  type Message,
  Role,
  type ToolCall,
  type ToolResult,
} from '@switchyard/contracts/routing';
import { dataUrl } from '../data-url.ts';
import type { Dialect } from '../dialect.ts';
import { joinedText, resultText } from '../part-text.ts';
import { AUDIO_FORMATS } from './find-unsupported.ts';
import { wireCallId } from './wire-call-id.ts';

/** A message as Chat Completions takes it. Absent fields are `undefined` and do not get into the JSON. */
export type WireMessage = Readonly<Record<string, unknown>>;

/**
 * A canonical message as one or more of the wire: each tool result is a message of its own, and stands before what else
 * the message says, because it must follow the call. Expects a request in which nothing is unsupported.
 */
export function encodeChatMessage(message: Message, dialect: Dialect): WireMessage[] {
  switch (message.role) {
    case Role.ASSISTANT:
      return [encodeAssistant(message, dialect)];
    case Role.SYSTEM:
      return [{ role: 'system', content: joinedText(message.parts, '\n\n'), name: nameOf(message) }];
    case Role.DEVELOPER:
      return [
        { role: dialect.developerRole, content: joinedText(message.parts, '\n\n'), name: nameOf(message) },
      ];
    default:
      return encodeUser(message, dialect);
  }
}

function encodeUser(message: Message, dialect: Dialect): WireMessage[] {
  const results: WireMessage[] = [];
  const content: object[] = [];
  for (const { content: part } of message.parts) {
    if (part?.$case === 'toolResult') results.push(encodeToolResult(part.value, dialect));
    else if (part?.$case === 'text') content.push({ type: 'text', text: part.value });
    else if (part?.$case === 'image') content.push(encodeImage(part.value));
    else if (part?.$case === 'audio') content.push(encodeAudio(part.value));
    else if (part?.$case === 'file') content.push(encodeFile(part.value));
  }
  if (content.length === 0) return results;
  const [first] = message.parts;
  // A plain string for plain text: not every compatible server takes a list.
  const plain =
    message.parts.length === 1 && first?.content?.$case === 'text' ? first.content.value : undefined;
  return [...results, { role: 'user', content: plain ?? content, name: nameOf(message) }];
}

function encodeAssistant(message: Message, dialect: Dialect): WireMessage {
  const calls: object[] = [];
  let refusal: string | undefined;
  let reasoning = '';
  for (const { content } of message.parts) {
    if (content?.$case === 'toolCall') calls.push(encodeToolCall(content.value, dialect));
    else if (content?.$case === 'refusal') refusal = (refusal ?? '') + content.value;
    else if (content?.$case === 'reasoning') reasoning += content.value.text;
  }
  const text = joinedText(message.parts, '');
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== undefined) ? null : text,
    name: nameOf(message),
    refusal,
    reasoning_content: dialect.reasoningField !== undefined && reasoning !== '' ? reasoning : undefined,
    tool_calls: calls.length === 0 ? undefined : calls,
  };
}

function encodeToolCall({ id, name, argumentsJson }: ToolCall, dialect: Dialect): object {
  return { id: wireCallId(id, dialect), type: 'function', function: { name, arguments: argumentsJson } };
}

function encodeToolResult(result: ToolResult, dialect: Dialect): WireMessage {
  return { role: 'tool', tool_call_id: wireCallId(result.toolCallId, dialect), content: resultText(result) };
}

function encodeImage({ source, mediaType, detail }: Media): object {
  const url = source?.$case === 'data' ? dataUrl(source.value, mediaType) : source?.value;
  return { type: 'image_url', image_url: { url, detail: detail === '' ? undefined : detail } };
}

function encodeAudio({ source, mediaType }: Media): object {
  const data = source?.$case === 'data' ? source.value.toString('base64') : undefined;
  return { type: 'input_audio', input_audio: { data, format: AUDIO_FORMATS[mediaType] } };
}

function encodeFile({ source, mediaType, filename }: Media): object {
  const name = filename === '' ? undefined : filename;
  if (source?.$case === 'fileId') return { type: 'file', file: { file_id: source.value } };
  const data = source?.$case === 'data' ? dataUrl(source.value, mediaType) : undefined;
  return { type: 'file', file: { file_data: data, filename: name } };
}

const nameOf = ({ name }: Message): string | undefined => (name === '' ? undefined : name);
