import { readBearer } from '../bearer.ts';
import type { ListedModel, RequestTarget, WireFormat, WireRoute } from '../wire-format.ts';
import { cohereErrorFrame, cohereFailure, cohereRefusal } from './cohere-errors.ts';
import { readCohereCall } from './read-cohere-call.ts';
import { readCohereRerank } from './read-cohere-rerank.ts';

/** Cohere's API, version 2: https://docs.cohere.com/reference/chat */
export const cohereV2: WireFormat = {
  name: 'cohere-v2',
  cacheStyle: 'untold',
  jsonContentType: 'application/json',
  garbageFrame: 'event: content-delta\ndata: {"type":"content-delta",\u0000garbage\n\n',
  route,
  readKey: readBearer,
  readCall: (source) => (source.route.what === 'rerank' ? readCohereRerank(source) : readCohereCall(source)),
  modelList: (models) => ({ models: models.map(modelEntry) }),
  modelEntry,
  refusal: cohereRefusal,
  failure: cohereFailure,
  errorFrame: cohereErrorFrame,
  headers: (stamp) => ({ 'x-debug-trace-id': stamp.id }),
};

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/v2/chat') return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  if (path === '/v2/rerank')
    return method === 'POST' ? { kind: 'generate', what: 'rerank' } : { kind: 'wrong-method' };
  if (path === '/v1/models') return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  return { kind: 'not-found' };
}

function modelEntry({ name, contextTokens }: ListedModel) {
  return { name, endpoints: ['chat', 'rerank'], context_length: contextTokens };
}
