import type {
  KeyReading,
  KeySource,
  ListedModel,
  RequestTarget,
  WireFormat,
  WireRoute,
} from '../wire-format.ts';
import { isApiVersion } from './api-version.ts';
import { messagesErrorFrame, messagesFailure, messagesRefusal } from './messages-errors.ts';
import { readMessagesCall } from './read-messages-call.ts';

/** Anthropic's messages: https://docs.claude.com/en/api/messages */
export const anthropicMessages: WireFormat = {
  name: 'anthropic-messages',
  cacheStyle: 'marked',
  jsonContentType: 'application/json',
  garbageFrame: 'event: content_block_delta\ndata: {"type":"content_block_delta",\u0000garbage,,\n\n',
  route,
  readKey,
  readCall: readMessagesCall,
  modelList: (models) => ({
    data: models.map(modelEntry),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }),
  modelEntry,
  refusal: messagesRefusal,
  failure: messagesFailure,
  errorFrame: messagesErrorFrame,
  headers: (stamp) => ({
    'request-id': `req_${stamp.id}`,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    ...rateLimitHeaders(stamp.unixMs),
  }),
};

/** The limits are far away and never come nearer; only the time of their reset moves. */
const LIMITS = {
  'anthropic-ratelimit-requests-limit': '4000',
  'anthropic-ratelimit-requests-remaining': '3999',
  'anthropic-ratelimit-tokens-limit': '2400000',
  'anthropic-ratelimit-tokens-remaining': '2399000',
  'anthropic-ratelimit-input-tokens-limit': '2000000',
  'anthropic-ratelimit-input-tokens-remaining': '1999000',
  'anthropic-ratelimit-output-tokens-limit': '400000',
  'anthropic-ratelimit-output-tokens-remaining': '399000',
} as const;

function rateLimitHeaders(unixMs: number): Record<string, string> {
  const reset = `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
  return {
    ...LIMITS,
    'anthropic-ratelimit-requests-reset': reset,
    'anthropic-ratelimit-tokens-reset': reset,
    'anthropic-ratelimit-input-tokens-reset': reset,
    'anthropic-ratelimit-output-tokens-reset': reset,
  };
}

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/v1/messages') return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  if (path === '/v1/models') return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  if (path.startsWith('/v1/models/') && method === 'GET') {
    return { kind: 'get-model', model: path.slice('/v1/models/'.length) };
  }
  return { kind: 'not-found' };
}

/** `x-api-key`, or `authorization: Bearer` as the packages send it since version 2026-10-21. */
function readKey({ headers }: KeySource): KeyReading {
  const own = headers['x-api-key'];
  const bearer = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const key = typeof own === 'string' && own !== '' ? own : bearer;
  if (key === undefined) return { kind: 'refused', problem: { kind: 'no-key' } };
  const version = headers['anthropic-version'];
  if (isApiVersion(version)) return { kind: 'key', key };
  const named = typeof version === 'string' && version !== '' ? { version } : {};
  return { kind: 'refused', problem: { kind: 'wrong-version', ...named } };
}

function modelEntry(model: ListedModel) {
  return {
    type: 'model',
    id: model.name,
    display_name: `${model.name} (simulated)`,
    created_at: new Date(model.createdUnixMs).toISOString(),
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
  };
}
