import { type Media, type Message, type Part, Role, type ToolResult } from '@switchyard/contracts/routing';
import { dataUrl } from '../data-url.ts';
import { joinedText, resultText } from '../part-text.ts';
import { fromSignature } from './encrypted-reasoning.ts';

/** An item of the input. Absent fields are `undefined` and do not get into the JSON. */
export type InputItem = Readonly<Record<string, unknown>>;

/**
 * A canonical message as items, in its order; results of tools stand before what else their message says, because they
 * must follow the calls. Expects a request in which nothing is unsupported.
 */
export function encodeItems({ role, parts }: Message): InputItem[] {
  switch (role) {
    case Role.ASSISTANT:
      return encodeAssistant(parts);
    case Role.SYSTEM:
      return [{ role: 'system', content: joinedText(parts, '\n\n') }];
    case Role.DEVELOPER:
      return [{ role: 'developer', content: joinedText(parts, '\n\n') }];
    default:
      return encodeUser(parts);
  }
}

function encodeUser(parts: readonly Part[]): InputItem[] {
  const results: InputItem[] = [];
  const content: object[] = [];
  for (const part of parts) {
    if (part.content?.$case === 'toolResult') results.push(encodeResult(part.content.value));
    else content.push(...encodeInputPart(part));
  }
  return content.length === 0 ? results : [...results, { role: 'user', content }];
}

function encodeInputPart({ content }: Part): object[] {
  switch (content?.$case) {
    case 'text':
      return [{ type: 'input_text', text: content.value }];
    case 'image':
      return [encodeImage(content.value)];
    case 'file':
      return [encodeFile(content.value)];
    default:
      return [];
  }
}

/** Neighbouring texts and refusals make one message; calls and reasoning are items of their own. */
function encodeAssistant(parts: readonly Part[]): InputItem[] {
  const items: InputItem[] = [];
  let said: object[] | undefined;
  for (const { content } of parts) {
    const spoken = spokenPart(content);
    if (spoken !== undefined) {
      if (said === undefined) {
        said = [];
        items.push({ type: 'message', role: 'assistant', content: said });
      }
      said.push(spoken);
      continue;
    }
    const item = itemOf(content);
    if (item === undefined) continue;
    said = undefined;
    items.push(item);
  }
  return items;
}

function spokenPart(content: Part['content']): object | undefined {
  if (content?.$case === 'text') return { type: 'output_text', text: content.value };
  return content?.$case === 'refusal' ? { type: 'refusal', refusal: content.value } : undefined;
}

function itemOf(content: Part['content']): InputItem | undefined {
  if (content?.$case === 'toolCall') {
    const { id, name, argumentsJson } = content.value;
    return { type: 'function_call', call_id: id, name, arguments: argumentsJson };
  }
  if (content?.$case !== 'reasoning') return undefined;
  const { text, signature } = content.value;
  const encrypted = fromSignature(signature);
  return (
    encrypted && {
      type: 'reasoning',
      id: encrypted.id === '' ? undefined : encrypted.id,
      summary: text === '' ? [] : [{ type: 'summary_text', text }],
      encrypted_content: encrypted.content,
    }
  );
}

function encodeResult(result: ToolResult): InputItem {
  const plain = result.parts.every(({ content }) => content?.$case === 'text');
  const output = plain ? resultText(result) : encodeRichResult(result);
  return { type: 'function_call_output', call_id: result.toolCallId, output };
}

function encodeRichResult({ parts, isError }: ToolResult): object[] {
  const content = parts.flatMap(encodeInputPart);
  return isError ? [{ type: 'input_text', text: 'Error:' }, ...content] : content;
}

function encodeImage({ source, mediaType, detail }: Media): object {
  const image = { type: 'input_image', detail: detail === '' ? 'auto' : detail };
  if (source?.$case === 'fileId') return { ...image, file_id: source.value };
  const image_url = source?.$case === 'data' ? dataUrl(source.value, mediaType) : source?.value;
  return { ...image, image_url };
}

function encodeFile({ source, mediaType, filename }: Media): object {
  if (source?.$case === 'fileId') return { type: 'input_file', file_id: source.value };
  if (source?.$case === 'url') return { type: 'input_file', file_url: source.value };
  const file_data = source === undefined ? undefined : dataUrl(source.value, mediaType);
  return { type: 'input_file', filename: filename === '' ? undefined : filename, file_data };
}
