import { openaiBatches } from '../../batches/openai-batches.ts';
import { checkEventStreamHead } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyChatError } from './classify-error.ts';
import { decodeChatResponse } from './decode-response.ts';
import { draw } from './draw/draw.ts';
import { embed } from './embed/embed.ts';
import { encodeChatRequest } from './encode-request.ts';
import { findUnsupportedInChat } from './find-unsupported.ts';
import { moderate } from './moderate/moderate.ts';
import { rerank } from './rerank/rerank.ts';
import { speak } from './speak/speak.ts';
import { ChatStreamDecoder } from './stream-decoder.ts';
import { transcribe } from './transcribe/transcribe.ts';

/** OpenAI's Chat Completions, and everything compatible with it. */
export const openaiChat: WireFormat = Object.freeze({
  id: 'openai-chat',
  findUnsupported: findUnsupportedInChat,
  // Neither the id nor the limit matters here.
  unsupportedVariant: () => undefined,
  encodeRequest: encodeChatRequest,
  authStyle: 'bearer',
  decodeResponse: decodeChatResponse,
  checkStreamHead: checkEventStreamHead,
  createStreamDecoder: (options) => new ChatStreamDecoder(options),
  classifyError: classifyChatError,
  operations: { embed, rerank, moderate, draw, speak, transcribe },
  // https://platform.openai.com/docs/api-reference/models/list
  listModels: { path: '/models' },
  batches: openaiBatches,
} satisfies WireFormat);
