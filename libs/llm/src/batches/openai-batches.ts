import { err, ok, type Result } from '@switchyard/kernel';
import { successBody } from '../formats/http-answer.ts';
import type { HttpAnswer, SendableRequest } from '../formats/http-message.ts';
import {
  arrayAt,
  countAt,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from '../formats/json.ts';
import { encodeMultipart } from '../formats/multipart.ts';
import { classifyChatError } from '../formats/openai-chat/classify-error.ts';
import { invalidResponse, type ProviderError } from '../formats/provider-error.ts';
import { plainToken } from '../formats/safe-text.ts';
import type { BatchLineResult, BatchProtocol, BatchRequest, ProviderBatch } from './batch-protocol.ts';

/** What lines can be for. Source: https://platform.openai.com/docs/api-reference/batch/create */
const PATHS: ReadonlySet<string> = new Set([
  '/chat/completions',
  '/responses',
  '/embeddings',
  '/moderations',
  '/images/generations',
]);
/** Where a batch's name stands among its metadata. */
const NAME = 'switchyard_batch';
/** The file with the lines is of no use once the batch has ended. */
const INPUT_KEPT_S = 3 * 24 * 3_600;
/** So are the files of results, which are read as soon as it has. From their creation. */
const OUTPUT_KEPT_S = INPUT_KEPT_S;

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });
const get = (path: string, query?: string): BatchRequest => ({
  method: 'GET',
  path,
  query,
  headers: {},
  body: '',
});

/** OpenAI's batches of files, and those of who copied them. Source: https://platform.openai.com/docs/api-reference/batch */
export const openaiBatches: BatchProtocol = Object.freeze({
  takes: ({ path, query, body }) => PATHS.has(path) && query === undefined && typeof body === 'string',
  encodeLine,
  upload: {
    encode: ({ name, lines }) => {
      const { contentType, body } = encodeMultipart([
        { name: 'purpose', value: 'batch' },
        { name: 'expires_after[anchor]', value: 'created_at' },
        { name: 'expires_after[seconds]', value: String(INPUT_KEPT_S) },
        {
          name: 'file',
          filename: `${name}.jsonl`,
          mediaType: 'application/jsonl',
          data: Buffer.from(lines.join('')),
        },
      ]);
      return {
        method: 'POST',
        path: '/files',
        query: undefined,
        headers: { 'content-type': contentType },
        body,
      };
    },
    decode: (answer) => {
      const body = bodyOf(answer);
      if (!body.ok) return body;
      const id = stringAt(body.value, 'id');
      return id === undefined ? err(invalidResponse('a file without an id', answer.status)) : ok(id);
    },
  },
  create: ({ name, path }, fileId) => ({
    method: 'POST',
    path: '/batches',
    query: undefined,
    headers: JSON_HEADERS,
    body: JSON.stringify({
      input_file_id: fileId,
      endpoint: urlOf(path),
      completion_window: '24h',
      metadata: { [NAME]: name },
      output_expires_after: { anchor: 'created_at', seconds: OUTPUT_KEPT_S },
    }),
  }),
  get: (id) => get(`/batches/${encodeURIComponent(id)}`),
  cancel: (id) => ({
    ...get(`/batches/${encodeURIComponent(id)}/cancel`),
    method: 'POST',
    headers: JSON_HEADERS,
  }),
  list: (after) =>
    get('/batches', `limit=100${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`),
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
    return ok({ batches, after: body.value.has_more === true ? batches.at(-1)?.id : undefined });
  },
  decodeResult,
} satisfies BatchProtocol);

/** Lines name paths from the host on, and the base URL ends with the version. */
const urlOf = (path: string): string => `/v1${path}`;

function encodeLine(customId: string, { path, body }: SendableRequest): string {
  const head = JSON.stringify({ custom_id: customId, method: 'POST', url: urlOf(path) }).slice(0, -1);
  return `${head},"body":${String(body)}}\n`;
}

function bodyOf(answer: HttpAnswer): Result<JsonObject, ProviderError> {
  if (answer.status < 200 || answer.status >= 300) return err(classifyChatError(answer));
  return successBody(answer);
}

const RUNNING: ReadonlySet<string> = new Set(['validating', 'in_progress', 'finalizing', 'cancelling']);
const ENDED: ReadonlySet<string> = new Set(['completed', 'expired', 'cancelled']);

function batchOf(body: JsonObject, httpStatus: number): Result<ProviderBatch, ProviderError> {
  const id = stringAt(body, 'id');
  const status = stringAt(body, 'status') ?? '';
  const createdAtS = countAt(body, 'created_at');
  const isKnown = RUNNING.has(status) || ENDED.has(status) || status === 'failed';
  if (id === undefined || createdAtS === undefined || !isKnown)
    return err(invalidResponse('a batch without id, status or created_at', httpStatus));
  const files = ['output_file_id', 'error_file_id'].flatMap((name) => stringAt(body, name) ?? []);
  return ok({
    id,
    name: stringAt(objectAt(body, 'metadata') ?? {}, NAME),
    state: status === 'failed' ? 'failed' : ENDED.has(status) ? 'ended' : 'running',
    detail: status === 'failed' ? failureOf(body) : '',
    // Nothing is counted before the file has been looked at.
    lines: countAt(objectAt(body, 'request_counts'), 'total') || undefined,
    createdAtMs: createdAtS * 1_000,
    results: files.map((file) => get(`/files/${encodeURIComponent(file)}/content`)),
  });
}

/** Codes alone: messages may quote lines. */
function failureOf(body: JsonObject): string {
  const [first] = arrayAt(objectAt(body, 'errors') ?? {}, 'data');
  return plainToken(isObject(first) ? first.code : undefined) ?? 'no reason was given';
}

function decodeResult(text: string): BatchLineResult | undefined {
  const line = parseJson(text);
  if (!isObject(line)) return undefined;
  const customId = stringAt(line, 'custom_id');
  if (customId === undefined) return undefined;
  const response = objectAt(line, 'response');
  const status = countAt(response, 'status_code');
  if (response !== undefined && status !== undefined) {
    const body = Buffer.from(JSON.stringify(response.body ?? null));
    return { customId, end: { kind: 'answered', status, body } };
  }
  const code = stringAt(objectAt(line, 'error') ?? {}, 'code');
  if (code === 'batch_expired') return { customId, end: { kind: 'expired' } };
  if (code === 'batch_cancelled') return { customId, end: { kind: 'cancelled' } };
  // It was not answered, and nobody says that it never would be.
  return { customId, end: { kind: 'answered', status: 500, body: Buffer.from(JSON.stringify(line)) } };
}
