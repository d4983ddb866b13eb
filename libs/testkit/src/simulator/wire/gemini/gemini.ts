import type {
  CallReading,
  CallSource,
  KeyReading,
  KeySource,
  ListedModel,
  PlainWork,
  RequestTarget,
  WireFormat,
  WireRoute,
} from '../wire-format.ts';
import { readPredictCall } from './draw/read-predict-call.ts';
import { readEmbedCall } from './embed/read-embed-call.ts';
import { generateErrorFrame, generateFailure, generateRefusal } from './generate-errors.ts';
import { readGenerateCall } from './read-generate-call.ts';

/** Both versions answer the same; newer packages ask for `/v1`. */
const MODELS_PATH = /^\/v1(?:beta)?\/models(?:\/(.*))?$/;

/** Google's Gemini API: https://ai.google.dev/api/generate-content */
export const gemini: WireFormat = {
  name: 'gemini',
  cacheStyle: 'implicit',
  jsonContentType: 'application/json; charset=UTF-8',
  garbageFrame: 'data: {"candidates": [\u0000garbage,,\r\n\r\n',
  route,
  readKey,
  readCall: (source) => (READERS.get(source.route.what) ?? readGenerateCall)(source),
  modelList: (models) => ({ models: models.map(modelEntry) }),
  modelEntry,
  refusal: generateRefusal,
  failure: generateFailure,
  errorFrame: generateErrorFrame,
  headers: (stamp) => ({
    vary: 'Origin, X-Origin, Referer',
    'server-timing': `gfet4t7; dur=${Math.round(stamp.processingMs)}`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'x-xss-protection': '0',
  }),
};

/** Other work: the address asks for nothing else. */
const READERS: ReadonlyMap<PlainWork | undefined, (source: CallSource) => CallReading> = new Map([
  ['embeddings', readEmbedCall],
  ['images', readPredictCall],
]);

function route({ method, path, query }: RequestTarget): WireRoute {
  const match = MODELS_PATH.exec(path);
  if (match === null) return { kind: 'not-found' };
  const target = match[1];
  if (target === undefined) return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  const colon = target.lastIndexOf(':');
  if (colon === -1) return method === 'GET' ? { kind: 'get-model', model: target } : { kind: 'not-found' };
  const model = target.slice(0, colon);
  if (method !== 'POST') return { kind: 'wrong-method' };
  switch (target.slice(colon + 1)) {
    case 'generateContent':
      return { kind: 'generate', model, streaming: 'unary' };
    case 'streamGenerateContent':
      return { kind: 'generate', model, streaming: query.get('alt') === 'sse' ? 'sse' : 'json-array' };
    case 'batchEmbedContents':
      return { kind: 'generate', what: 'embeddings', model };
    case 'predict':
      return { kind: 'generate', what: 'images', model };
    default:
      return { kind: 'not-found' };
  }
}

function readKey({ headers, query }: KeySource): KeyReading {
  const header = headers['x-goog-api-key'];
  const key = typeof header === 'string' && header !== '' ? header : query.get('key');
  return key ? { kind: 'key', key } : { kind: 'refused', problem: { kind: 'no-key' } };
}

function modelEntry(model: ListedModel) {
  return {
    name: `models/${model.name}`,
    version: 'simulated',
    displayName: `${model.name} (simulated)`,
    description: 'A simulated model.',
    inputTokenLimit: model.contextTokens,
    outputTokenLimit: model.maxOutputTokens,
    supportedGenerationMethods: ['generateContent', 'batchEmbedContents'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    thinking: model.reasoning !== 'never',
  };
}
