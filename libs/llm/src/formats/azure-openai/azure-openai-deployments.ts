import { ok } from '@switchyard/kernel';
import { encodeChatRequest } from '../openai-chat/encode-request.ts';
import type { EncodeInput, WireFormat } from '../wire-format.ts';
import { azureOpenai } from './azure-openai.ts';

/** The newest that is generally available: https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const API_VERSION = 'api-version=2024-10-21';

/** Azure OpenAI by its older address, `…/openai`, where the deployment stands in the path. */
export const azureOpenaiDeployments: WireFormat = Object.freeze({
  ...azureOpenai,
  id: 'azure-openai-deployments',
  encodeRequest(input: EncodeInput) {
    const encoded = encodeChatRequest(input);
    if (!encoded.ok) return encoded;
    const path = `/deployments/${encodeURIComponent(input.model)}/chat/completions`;
    return ok({ ...encoded.value, path, query: API_VERSION });
  },
} satisfies WireFormat);
