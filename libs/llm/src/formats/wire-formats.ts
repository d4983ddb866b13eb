import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { azureOpenai } from './azure-openai/azure-openai.ts';
import { azureOpenaiDeployments } from './azure-openai/azure-openai-deployments.ts';
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts';
import { cohereV2 } from './cohere-v2/cohere-v2.ts';
import { gemini } from './gemini/gemini.ts';
import { ollamaNative } from './ollama-native/ollama-native.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { openaiResponses } from './openai-responses/openai-responses.ts';
import { vertexAnthropic } from './vertex/vertex-anthropic.ts';
import { vertexGemini } from './vertex/vertex-gemini.ts';
import type { WireFormat, WireFormatId } from './wire-format.ts';

/** One for each id: a format that is not here does not compile. */
const BY_ID: Readonly<Record<WireFormatId, WireFormat>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'ollama-native': ollamaNative,
  'bedrock-converse': bedrockConverse,
  'vertex-gemini': vertexGemini,
  'vertex-anthropic': vertexAnthropic,
  'azure-openai': azureOpenai,
  'azure-openai-deployments': azureOpenaiDeployments,
  'cohere-v2': cohereV2,
};

const FORMATS: ReadonlyMap<string, WireFormat> = new Map(Object.entries(BY_ID));

/** The wire format with this id (`Provider.wire_format`); `undefined` where there is none. */
export function findWireFormat(id: string): WireFormat | undefined {
  return FORMATS.get(id);
}
