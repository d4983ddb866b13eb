import { isJsonObject } from '../shape/json-object.ts';
import type { RequestTarget } from '../wire/wire-format.ts';
import { type BatchApi, type BatchReading, type BatchRoute, jsonLines } from './batch-api.ts';
import type { LineOutcome, StoredBatch } from './batch-store.ts';

const PATH = '/v1/messages/batches';
const CUSTOM_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/** Anthropic's Message Batches: https://platform.claude.com/docs/en/api/creating-message-batches */
export const anthropicBatchApi: BatchApi = {
  route,
  read,
  idOf: (stamp) => `msgbatch_${stamp}`,
  show,
  list: (batches, hasMore, address) => ({
    data: batches.map((batch) => show(batch, address)),
    has_more: hasMore,
    first_id: batches[0]?.id ?? null,
    last_id: batches.at(-1)?.id ?? null,
  }),
  files: (batch) => new Map([[resultsOf(batch.id), jsonLines(batch.outcomes.map(resultLine))]]),
};

/** Where results of a batch are kept here. */
const resultsOf = (id: string): string => `results-${id}`;

function route({ method, path }: RequestTarget): BatchRoute | undefined {
  if (path === PATH) return { kind: method === 'POST' ? 'create' : 'list' };
  const [, id, what] = /^\/v1\/messages\/batches\/([^/]+)(?:\/(cancel|results))?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (what === 'results') return { kind: 'content', id: resultsOf(id) };
  return { kind: what === 'cancel' ? 'cancel' : 'get', id };
}

function read(body: unknown): BatchReading {
  const requests = isJsonObject(body) && Array.isArray(body.requests) ? (body.requests as unknown[]) : [];
  if (requests.length === 0) return 'requests: must not be empty';
  const lines = [];
  for (const [i, request] of requests.entries()) {
    if (!isJsonObject(request) || !isJsonObject(request.params))
      return `requests.${i}.params: Field required`;
    const { custom_id: customId, params } = request;
    if (typeof customId !== 'string' || !CUSTOM_ID.test(customId))
      return `requests.${i}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`;
    lines.push({ customId, path: '/v1/messages', body: params });
  }
  if (new Set(lines.map(({ customId }) => customId)).size < lines.length)
    return 'requests: duplicate custom_id';
  return { lines, said: {} };
}

const resultLine = ({ customId, kind, status, body }: LineOutcome) => ({
  custom_id: customId,
  result: resultOf(kind, status, body),
});

function resultOf(kind: LineOutcome['kind'], status: number, body: unknown): object {
  if (kind === 'expired') return { type: 'expired' };
  if (kind === 'cancelled') return { type: 'canceled' };
  return status === 200 ? { type: 'succeeded', message: body } : { type: 'errored', error: body };
}

const time = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

function show({ id, state, createdUnixMs, endedUnixMs, outcomes, lines }: StoredBatch, address: string) {
  const count = (matches: (outcome: LineOutcome) => boolean) => outcomes.filter(matches).length;
  const hasEnded = state !== 'running';
  return {
    id,
    type: 'message_batch',
    processing_status: hasEnded ? 'ended' : 'in_progress',
    request_counts: {
      processing: lines.length - outcomes.length,
      succeeded: count(({ status }) => status === 200),
      errored: count(({ kind, status }) => kind === 'answered' && status !== 200),
      canceled: count(({ kind }) => kind === 'cancelled'),
      expired: count(({ kind }) => kind === 'expired'),
    },
    ended_at: time(endedUnixMs),
    created_at: time(createdUnixMs),
    expires_at: time(createdUnixMs + 86_400_000),
    archived_at: null,
    cancel_initiated_at: state === 'cancelled' ? time(endedUnixMs) : null,
    results_url: hasEnded ? `${address}${PATH}/${id}/results` : null,
  };
}
