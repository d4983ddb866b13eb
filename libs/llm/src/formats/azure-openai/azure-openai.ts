import { draw } from '../openai-chat/draw/draw.ts';
import { embed } from '../openai-chat/embed/embed.ts';
import { openaiChat } from '../openai-chat/openai-chat.ts';
import { speak } from '../openai-chat/speak/speak.ts';
import { transcribe } from '../openai-chat/transcribe/transcribe.ts';
import type { WireFormat } from '../wire-format.ts';

/** Azure OpenAI by its v1 address, `…/openai/v1`: Chat Completions with a key of its own, and deployments for models. */
export const azureOpenai: WireFormat = Object.freeze({
  ...openaiChat,
  id: 'azure-openai',
  authStyle: 'api-key',
  // Deployments have a kind of their own for batches.
  batches: undefined,
  // Azure judges content with each chat, and has no moderations or rankings at this address.
  operations: { embed, draw, speak, transcribe },
} satisfies WireFormat);
