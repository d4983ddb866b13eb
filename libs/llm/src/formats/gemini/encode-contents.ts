import { type Message, Role, type ToolResult } from '@switchyard/contracts/routing';
import { CallNames } from '../call-names.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeMedia } from './encode-media.ts';
import { encodeModelParts, type WirePart } from './encode-model-parts.ts';
import { generationOf } from './model-generation.ts';

/** One turn on the wire. */
export interface WireContent {
  readonly role: 'user' | 'model';
  readonly parts: WirePart[];
}

/** All instructions in one text, apart from the turns; `undefined` for none. */
export function encodeSystemInstruction(messages: readonly Message[]): object | undefined {
  const texts: string[] = [];
  for (const { role, parts } of messages) {
    if (role !== Role.SYSTEM && role !== Role.DEVELOPER) continue;
    for (const { content } of parts) {
      if (content?.$case === 'text' && content.value !== '') texts.push(content.value);
    }
  }
  return texts.length === 0 ? undefined : { parts: [{ text: texts.join('\n\n') }] };
}

/**
 * The turns of the user and of the model. Neighbouring messages of one side become one turn: the results of parallel
 * calls must stand together in the turn that follows the calls. Expects a request in which nothing is unsupported.
 */
export function encodeContents(input: EncodeInput): WireContent[] {
  const names = new CallNames();
  const generation = generationOf(input);
  const contents: WireContent[] = [];
  for (const message of input.request.messages) {
    if (message.role === Role.SYSTEM || message.role === Role.DEVELOPER) continue;
    const isModel = message.role === Role.ASSISTANT;
    const parts = isModel
      ? encodeModelParts({ message, names, generation })
      : encodeUserParts(message, names);
    // A turn without parts is refused.
    if (parts.length === 0) continue;
    const role = isModel ? 'model' : 'user';
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }
  return contents;
}

/** Results first: they answer the turn before. */
function encodeUserParts({ parts }: Message, names: CallNames): WirePart[] {
  const results: WirePart[] = [];
  const said: WirePart[] = [];
  for (const { content } of parts) {
    switch (content?.$case) {
      case 'text':
        if (content.value !== '') said.push({ text: content.value });
        break;
      case 'image':
      case 'audio':
      case 'file':
        said.push({ ...encodeMedia(content.value) });
        break;
      case 'toolResult':
        results.push({ functionResponse: encodeToolResult(content.value, names) });
        break;
      default:
        break;
    }
  }
  return [...results, ...said];
}

/** The keys "output" and "error" are Google's own words. Source: js-genai, FunctionResponse.response */
function encodeToolResult(result: ToolResult, names: CallNames): object {
  const texts: string[] = [];
  const images: object[] = [];
  for (const { content } of result.parts) {
    if (content?.$case === 'text') texts.push(content.value);
    else if (content?.$case === 'image') images.push(encodeMedia(content.value));
  }
  const text = texts.join('\n');
  return {
    id: result.toolCallId === '' ? undefined : result.toolCallId,
    name: names.nameOf(result),
    response: result.isError ? { error: text } : { output: text },
    parts: images.length === 0 ? undefined : images,
  };
}
