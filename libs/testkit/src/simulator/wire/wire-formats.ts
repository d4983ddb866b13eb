import type { WireFormatName } from '../options/simulator-options.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { azureOpenai, azureOpenaiDeployments } from './azure-openai/azure-openai.ts';
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts';
import { cohereV2 } from './cohere-v2/cohere-v2.ts';
import { gemini } from './gemini/gemini.ts';
import { ollamaNative } from './ollama-native/ollama-native.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { openaiResponses } from './openai-responses/openai-responses.ts';
import { vertexAnthropic } from './vertex/vertex-anthropic.ts';
import { vertexGemini } from './vertex/vertex-gemini.ts';
import type { WireFormat } from './wire-format.ts';

const BY_NAME: Readonly<Record<WireFormatName, WireFormat>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'ollama-native': ollamaNative,
  'cohere-v2': cohereV2,
  'bedrock-converse': bedrockConverse,
  'vertex-gemini': vertexGemini,
  'vertex-anthropic': vertexAnthropic,
  'azure-openai': azureOpenai,
  'azure-openai-deployments': azureOpenaiDeployments,
};

/** The wire format of a name. */
export const wireFormat = (name: WireFormatName): WireFormat => BY_NAME[name];
