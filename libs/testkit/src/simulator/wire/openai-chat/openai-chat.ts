import { readBearer } from '../bearer.ts';
import type {
  CallReading,
  CallSource,
  ListedModel,
  PlainWork,
  RequestTarget,
  WireFormat,
  WireRoute,
} from '../wire-format.ts';
import { readSpeechCall } from './audio/read-speech-call.ts';
import { readTranscriptionCall } from './audio/read-transcription-call.ts';
import { chatErrorFrame, chatFailure, chatRefusal } from './chat-errors.ts';
import { readImagesCall } from './draw/read-images-call.ts';
import { readEmbedCall } from './embed/read-embed-call.ts';
import { readModerationCall } from './moderate/read-moderation-call.ts';
import { readChatCall } from './read-chat-call.ts';
import { readRerankCall } from './rerank/read-rerank-call.ts';

/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: WireFormat = {
  name: 'openai-chat',
  cacheStyle: 'implicit',
  jsonContentType: 'application/json',
  garbageFrame: 'data: {"id":"chatcmpl-\u0000garbage,,\n\n',
  route,
  readKey: readBearer,
  readCall: (source) => readerOf(source)(source),
  modelList: (models) => ({ object: 'list', data: models.map(modelEntry) }),
  modelEntry,
  refusal: chatRefusal,
  failure: chatFailure,
  errorFrame: chatErrorFrame,
  headers: (stamp) => ({
    'openai-organization': 'simulated',
    'openai-processing-ms': String(Math.round(stamp.processingMs)),
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-limit-tokens': '30000000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': '29999990',
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '0s',
    'x-request-id': `req_${stamp.id}`,
  }),
};

const PLAIN_WORK: ReadonlyMap<string, PlainWork> = new Map([
  ['/v1/embeddings', 'embeddings'],
  ['/v1/rerank', 'rerank'],
  ['/v1/moderations', 'moderation'],
  ['/v1/images/generations', 'images'],
  ['/v1/audio/speech', 'speech'],
  ['/v1/audio/transcriptions', 'transcription'],
]);

const PLAIN_READERS: Readonly<Record<PlainWork, (source: CallSource) => CallReading>> = {
  embeddings: readEmbedCall,
  rerank: readRerankCall,
  moderation: readModerationCall,
  images: readImagesCall,
  speech: readSpeechCall,
  transcription: readTranscriptionCall,
};

const readerOf = ({ route: { what } }: CallSource) =>
  what === undefined ? readChatCall : PLAIN_READERS[what];

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/v1/chat/completions') return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  const what = PLAIN_WORK.get(path);
  if (what !== undefined) return method === 'POST' ? { kind: 'generate', what } : { kind: 'wrong-method' };
  if (path === '/v1/models') return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  if (path.startsWith('/v1/models/') && method === 'GET') {
    return { kind: 'get-model', model: path.slice('/v1/models/'.length) };
  }
  return { kind: 'not-found' };
}

function modelEntry(model: ListedModel) {
  return {
    id: model.name,
    object: 'model',
    created: Math.floor(model.createdUnixMs / 1000),
    owned_by: 'switchyard-simulator',
  };
}
