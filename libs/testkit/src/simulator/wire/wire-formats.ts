import type { WireFormatName } from '../options/simulator-options.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import type { WireFormat } from './wire-format.ts';

/** The wire format of a name. */
export function wireFormat(name: WireFormatName): WireFormat {
  switch (name) {
    case 'openai-chat':
      return openaiChat;
    case 'anthropic-messages':
      return anthropicMessages;
    case 'gemini':
      return gemini;
    default:
      return name satisfies never;
  }
}
