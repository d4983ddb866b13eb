import type { WireFormatName } from '../options/simulator-options.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import { ollamaNative } from './ollama-native/ollama-native.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import type { WireFormat } from './wire-format.ts';

const BY_NAME: Readonly<Record<WireFormatName, WireFormat>> = {
  'openai-chat': openaiChat,
  'anthropic-messages': anthropicMessages,
  gemini,
  'ollama-native': ollamaNative,
};

/** The wire format of a name. */
export const wireFormat = (name: WireFormatName): WireFormat => BY_NAME[name];
