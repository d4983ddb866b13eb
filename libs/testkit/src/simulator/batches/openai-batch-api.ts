import { isJsonObject } from '../shape/json-object.ts';
import type { RequestTarget } from '../wire/wire-format.ts';
import { type BatchApi, type BatchReading, type BatchRoute, jsonLines } from './batch-api.ts';
import type { LineOutcome, StoredBatch, StoredFile } from './batch-store.ts';

/** OpenAI's batches: https://platform.openai.com/docs/api-reference/batch */
export const openaiBatchApi: BatchApi = {
  route,
  read,
  idOf: (stamp) => `batch_${stamp}`,
  show,
  list: (batches, hasMore) => ({
    object: 'list',
    data: batches.map((batch) => show(batch)),
    first_id: batches[0]?.id ?? null,
    last_id: batches.at(-1)?.id ?? null,
    has_more: hasMore,
  }),
  files: (batch) => {
    const [output, errors] = divided(batch);
    return new Map([
      [outputFile(batch), jsonLines(output.map(resultLine))],
      [errorFile(batch), jsonLines(errors.map(resultLine))],
    ]);
  },
};

function route({ method, path }: RequestTarget): BatchRoute | undefined {
  if (path === '/v1/files' && method === 'POST') return { kind: 'upload' };
  const content = /^\/v1\/files\/([^/]+)\/content$/.exec(path)?.[1];
  if (content !== undefined && method === 'GET') return { kind: 'content', id: content };
  if (path === '/v1/batches') return { kind: method === 'POST' ? 'create' : 'list' };
  const [, id, cancel] = /^\/v1\/batches\/([^/]+)(\/cancel)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (cancel === undefined) return { kind: 'get', id };
  return method === 'POST' ? { kind: 'cancel', id } : undefined;
}

const FIELDS = new Set([
  'input_file_id',
  'endpoint',
  'completion_window',
  'metadata',
  'output_expires_after',
]);

function read(body: unknown, file: (id: string) => StoredFile | undefined): BatchReading {
  if (!isJsonObject(body)) return 'the body must be an object';
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`;
  const { input_file_id: fileId, endpoint, completion_window: window } = body;
  if (window !== '24h') return "Invalid value for 'completion_window': must be '24h'.";
  const input = typeof fileId === 'string' ? file(fileId) : undefined;
  if (input === undefined || input.purpose !== 'batch')
    return `No file ${String(fileId)} with purpose batch.`;
  const lines = [];
  const models = new Set<unknown>();
  for (const text of input.text.split('\n')) {
    if (text === '') continue;
    const line: unknown = JSON.parse(text);
    if (!isJsonObject(line) || typeof line.custom_id !== 'string' || line.method !== 'POST')
      return 'Each line must have custom_id, method and url.';
    if (line.url !== endpoint) return `mismatched url: ${String(line.url)}`;
    models.add(isJsonObject(line.body) ? line.body.model : undefined);
    lines.push({ customId: line.custom_id, path: String(line.url), body: line.body });
  }
  if (lines.length === 0) return 'The file is empty.';
  if (models.size > 1) return 'All requests of a batch must be for one model.';
  if (new Set(lines.map(({ customId }) => customId)).size < lines.length) return 'duplicate custom_id';
  return { lines, said: body };
}

const outputFile = ({ id }: StoredBatch): string => `file-out-${id}`;
const errorFile = ({ id }: StoredBatch): string => `file-err-${id}`;

/** Good answers, and the others. */
function divided({ outcomes }: StoredBatch): [LineOutcome[], LineOutcome[]] {
  const isGood = ({ status }: LineOutcome) => status === 200;
  return [outcomes.filter(isGood), outcomes.filter((outcome) => !isGood(outcome))];
}

const UNANSWERED = {
  expired: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
  cancelled: { code: 'batch_cancelled', message: 'This request was not executed: the batch was cancelled.' },
} as const;

const resultLine = ({ customId, kind, status, body, requestId }: LineOutcome) => ({
  id: `batch_req_${requestId}`,
  custom_id: customId,
  response: kind === 'answered' ? { status_code: status, request_id: requestId, body } : null,
  error: kind === 'answered' ? null : UNANSWERED[kind],
});

const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / 1000));

function show(batch: StoredBatch) {
  const { id, said, state, createdUnixMs, endedUnixMs, failure, lines } = batch;
  const [output, errors] = divided(batch);
  const endedAt = (which: StoredBatch['state']) => (state === which ? seconds(endedUnixMs) : null);
  return {
    id,
    object: 'batch',
    endpoint: said.endpoint,
    errors:
      failure === undefined
        ? null
        : { object: 'list', data: [{ code: failure, message: failure, line: null, param: null }] },
    input_file_id: said.input_file_id,
    completion_window: '24h',
    status: state === 'running' ? 'in_progress' : state,
    output_file_id: output.length === 0 ? null : outputFile(batch),
    error_file_id: errors.length === 0 ? null : errorFile(batch),
    created_at: seconds(createdUnixMs),
    in_progress_at: seconds(createdUnixMs),
    expires_at: seconds(createdUnixMs + 86_400_000),
    finalizing_at: endedAt('completed'),
    completed_at: endedAt('completed'),
    failed_at: endedAt('failed'),
    expired_at: endedAt('expired'),
    cancelling_at: endedAt('cancelled'),
    cancelled_at: endedAt('cancelled'),
    request_counts: { total: lines.length, completed: output.length, failed: errors.length },
    metadata: said.metadata ?? null,
  };
}
