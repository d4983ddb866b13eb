import { ok, type Result } from '@switchyard/kernel';
import type { SendableRequest } from '../http-message.ts';
import { draw } from '../openai-chat/draw/draw.ts';
import { embed } from '../openai-chat/embed/embed.ts';
import { encodeChatRequest } from '../openai-chat/encode-request.ts';
import { speak } from '../openai-chat/speak/speak.ts';
import { transcribe } from '../openai-chat/transcribe/transcribe.ts';
import type { Unsupported } from '../unsupported.ts';
import type { WireFormat } from '../wire-format.ts';
import { azureOpenai } from './azure-openai.ts';

/** The newest that is generally available: https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const API_VERSION = 'api-version=2024-10-21';

/** Azure OpenAI by its older address, `…/openai`, where the deployment stands in the path. */
export const azureOpenaiDeployments: WireFormat = Object.freeze({
  ...azureOpenai,
  listModels: undefined,
  id: 'azure-openai-deployments',
  encodeRequest: (input) => atDeployment(input.model, encodeChatRequest(input)),
  operations: {
    embed: { ...embed, encodeRequest: (input) => atDeployment(input.model, embed.encodeRequest(input)) },
    draw: { ...draw, encodeRequest: (input) => atDeployment(input.model, draw.encodeRequest(input)) },
    speak: { ...speak, encodeRequest: (input) => atDeployment(input.model, speak.encodeRequest(input)) },
    transcribe: {
      ...transcribe,
      encodeRequest: (input) => atDeployment(input.model, transcribe.encodeRequest(input)),
    },
  },
} satisfies WireFormat);

function atDeployment<Encoded extends SendableRequest>(
  deployment: string,
  encoded: Result<Encoded, Unsupported>,
): Result<Encoded, Unsupported> {
  if (!encoded.ok) return encoded;
  const path = `/deployments/${encodeURIComponent(deployment)}${encoded.value.path}`;
  return ok({ ...encoded.value, path, query: API_VERSION });
}
