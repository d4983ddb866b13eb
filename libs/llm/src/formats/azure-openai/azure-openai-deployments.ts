import { ok, type Result } from '@switchyard/kernel';
import { embed } from '../openai-chat/embed/embed.ts';
import { encodeChatRequest } from '../openai-chat/encode-request.ts';
import type { EncodedRequest, Unsupported, WireFormat } from '../wire-format.ts';
import { azureOpenai } from './azure-openai.ts';

/** The newest that is generally available: https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const API_VERSION = 'api-version=2024-10-21';

/** Azure OpenAI by its older address, `…/openai`, where the deployment stands in the path. */
export const azureOpenaiDeployments: WireFormat = Object.freeze({
  ...azureOpenai,
  id: 'azure-openai-deployments',
  encodeRequest: (input) => atDeployment(input.model, encodeChatRequest(input)),
  operations: {
    embed: { ...embed, encodeRequest: (input) => atDeployment(input.model, embed.encodeRequest(input)) },
  },
} satisfies WireFormat);

function atDeployment(
  deployment: string,
  encoded: Result<EncodedRequest, Unsupported>,
): Result<EncodedRequest, Unsupported> {
  if (!encoded.ok) return encoded;
  const path = `/deployments/${encodeURIComponent(deployment)}${encoded.value.path}`;
  return ok({ ...encoded.value, path, query: API_VERSION });
}
