import { err, ok, type Result } from '@switchyard/kernel';
import { classifyMessagesError } from '../formats/anthropic-messages/classify-error.ts';
import { VERSION } from '../formats/anthropic-messages/encode-request.ts';
import { successBody } from '../formats/http-answer.ts';
import type { HttpAnswer } from '../formats/http-message.ts';
import {
  arrayAt,
  countAt,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from '../formats/json.ts';
import { invalidResponse, type ProviderError } from '../formats/provider-error.ts';
import type {
  BatchLineEnd,
  BatchLineResult,
  BatchProtocol,
  BatchRequest,
  ProviderBatch,
} from './batch-protocol.ts';

const PATH = '/messages/batches';
const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json', ...VERSION });

const get = (path: string, query?: string): BatchRequest => ({
  method: 'GET',
  path,
  query,
  headers: VERSION,
  body: '',
});
const at = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

/** Anthropic's Message Batches. Source: https://platform.claude.com/docs/en/api/creating-message-batches */
export const anthropicBatches: BatchProtocol = Object.freeze({
  // Betas are headers, of the whole batch.
  takes: ({ path, headers, body }) =>
    path === '/messages' && headers['anthropic-beta'] === undefined && typeof body === 'string',
  encodeLine: (customId, { body }) => `{"custom_id":${JSON.stringify(customId)},"params":${String(body)}}\n`,
  create: ({ lines }) => ({
    method: 'POST',
    path: PATH,
    query: undefined,
    headers: JSON_HEADERS,
    body: `{"requests":[${lines.join(',')}]}`,
  }),
  get: (id) => get(at(id)),
  cancel: (id) => ({ ...get(`${at(id)}/cancel`), method: 'POST', headers: JSON_HEADERS }),
  list: (after) =>
    get(PATH, `limit=100${after === undefined ? '' : `&after_id=${encodeURIComponent(after)}`}`),
  decodeBatch: (answer) => {
    const body = bodyOf(answer);
    return body.ok ? batchOf(body.value, answer.status) : body;
  },
  decodeList: (answer) => {
    const body = bodyOf(answer);
    if (!body.ok) return body;
    const batches: ProviderBatch[] = [];
    for (const one of arrayAt(body.value, 'data')) {
      const batch = batchOf(isObject(one) ? one : {}, answer.status);
      if (!batch.ok) return batch;
      batches.push(batch.value);
    }
    return ok({ batches, after: body.value.has_more === true ? stringAt(body.value, 'last_id') : undefined });
  },
  decodeResult,
} satisfies BatchProtocol);

function bodyOf(answer: HttpAnswer): Result<JsonObject, ProviderError> {
  if (answer.status < 200 || answer.status >= 300) return err(classifyMessagesError(answer));
  return successBody(answer);
}

const COUNTED = ['processing', 'succeeded', 'errored', 'canceled', 'expired'] as const;

function batchOf(body: JsonObject, httpStatus: number): Result<ProviderBatch, ProviderError> {
  const id = stringAt(body, 'id');
  const status = stringAt(body, 'processing_status');
  const createdAtMs = Date.parse(stringAt(body, 'created_at') ?? '');
  if (id === undefined || status === undefined || Number.isNaN(createdAtMs))
    return err(invalidResponse('a batch without id, processing_status or created_at', httpStatus));
  const counts = objectAt(body, 'request_counts');
  const lines = COUNTED.reduce((sum, name) => sum + (countAt(counts, name) ?? 0), 0);
  const hasEnded = status === 'ended';
  // Not the URL that the answer names: a key is shown to the provider's own address alone.
  const results = hasEnded ? [get(`${at(id)}/results`)] : [];
  return ok({
    id,
    name: undefined,
    state: hasEnded ? 'ended' : 'running',
    detail: '',
    lines: lines || undefined,
    createdAtMs,
    results,
  });
}

function decodeResult(text: string): BatchLineResult | undefined {
  const line = parseJson(text);
  if (!isObject(line)) return undefined;
  const customId = stringAt(line, 'custom_id');
  const result = objectAt(line, 'result');
  if (customId === undefined || result === undefined) return undefined;
  const end = endOf(result);
  return end && { customId, end };
}

function endOf(result: JsonObject): BatchLineEnd | undefined {
  switch (stringAt(result, 'type')) {
    case 'succeeded':
      return { kind: 'answered', status: 200, body: Buffer.from(JSON.stringify(result.message ?? null)) };
    case 'errored': {
      const error = objectAt(result, 'error') ?? {};
      return { kind: 'answered', status: statusOf(error), body: Buffer.from(JSON.stringify(error)) };
    }
    case 'expired':
      return { kind: 'expired' };
    case 'canceled':
      return { kind: 'cancelled' };
    default:
      return undefined;
  }
}

/** Results tell errors without their status. Source: https://platform.claude.com/docs/en/api/errors */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

const statusOf = (error: JsonObject): number =>
  STATUSES.get(stringAt(objectAt(error, 'error') ?? {}, 'type') ?? '') ?? 500;
