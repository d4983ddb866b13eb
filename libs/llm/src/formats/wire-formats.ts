import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import type { WireFormat } from './wire-format.ts';

const FORMATS: ReadonlyMap<string, WireFormat> = new Map(
  [openaiChat, anthropicMessages, gemini].map((format) => [format.id, format]),
);

/** The wire format with this id (`Provider.wire_format`); `undefined` where there is none. */
export function findWireFormat(id: string): WireFormat | undefined {
  return FORMATS.get(id);
}
