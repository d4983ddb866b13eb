import { readBearer } from '../bearer.ts';
import type { ListedModel, RequestTarget, WireFormat, WireRoute } from '../wire-format.ts';
import { chatErrorFrame, chatFailure, chatRefusal } from './chat-errors.ts';
import { readEmbedCall } from './embed/read-embed-call.ts';
import { readChatCall } from './read-chat-call.ts';

/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: WireFormat = {
  name: 'openai-chat',
  cacheStyle: 'implicit',
  jsonContentType: 'application/json',
  garbageFrame: 'data: {"id":"chatcmpl-\u0000garbage,,\n\n',
  route,
  readKey: readBearer,
  readCall: (source) => (source.route.what === 'embeddings' ? readEmbedCall(source) : readChatCall(source)),
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

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/v1/chat/completions') return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  if (path === '/v1/embeddings')
    return method === 'POST' ? { kind: 'generate', what: 'embeddings' } : { kind: 'wrong-method' };
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
