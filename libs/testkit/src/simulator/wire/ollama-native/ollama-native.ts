import { readBearer } from '../bearer.ts';
import type { ListedModel, RequestTarget, WireFormat, WireRoute } from '../wire-format.ts';
import { ollamaErrorFrame, ollamaFailure, ollamaRefusal } from './ollama-errors.ts';
import { readOllamaCall } from './read-ollama-call.ts';

/** Ollama's own API, with a key as at ollama.com: https://docs.ollama.com/api/chat */
export const ollamaNative: WireFormat = {
  name: 'ollama-native',
  cacheStyle: 'untold',
  jsonContentType: 'application/json; charset=utf-8',
  garbageFrame: '{"model":"\u0000garbage,,\n',
  route,
  readKey: readBearer,
  readCall: readOllamaCall,
  modelList: (models) => ({ models: models.map(modelEntry) }),
  modelEntry,
  refusal: ollamaRefusal,
  failure: ollamaFailure,
  errorFrame: ollamaErrorFrame,
  headers: () => ({}),
};

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/api/chat') return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  if (path === '/api/tags') return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  return { kind: 'not-found' };
}

function modelEntry({ name, createdUnixMs }: ListedModel) {
  return {
    name,
    model: name,
    modified_at: new Date(createdUnixMs).toISOString(),
    size: 0,
    digest: 'simulated',
  };
}
