import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { anthropicBatchApi } from '../batches/anthropic-batch-api.ts';
import type { BatchApi, BatchRoute } from '../batches/batch-api.ts';
import type { StoredBatch } from '../batches/batch-store.ts';
import { endBatch } from '../batches/end-batch.ts';
import { openaiBatchApi } from '../batches/openai-batch-api.ts';
import type { BatchFailure, WireFormatName } from '../options/simulator-options.ts';
import type { Provider } from '../provider.ts';
import type { RequestProblem, RequestTarget } from '../wire/wire-format.ts';
import type { ServeContext } from './exchange.ts';
import { readBody } from './read-body.ts';
import { findKeyProblem } from './read-call.ts';
import { readForm } from './read-form.ts';
import { sendWireError } from './send-wire-error.ts';

const APIS: ReadonlyMap<WireFormatName, BatchApi> = new Map([
  ['openai-chat', openaiBatchApi],
  ['openai-responses', openaiBatchApi],
  ['anthropic-messages', anthropicBatchApi],
]);
/** What a file or a batch may have, whatever other bodies may. */
const MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_PAGE = 20;

/** A request to a provider. */
interface ProviderRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly provider: Provider;
  readonly target: RequestTarget;
  readonly context: ServeContext;
}

/** One about batches. */
interface BatchRequest extends ProviderRequest {
  readonly api: BatchApi;
}

/** Serves files and batches, of the formats that have them. @returns false where the request is about something else */
export async function serveBatches(request: ProviderRequest): Promise<boolean> {
  const { req, provider, target } = request;
  const api = APIS.get(provider.wire.name);
  const route = api?.route(target);
  if (api === undefined || route === undefined) return false;
  const { method = '', url = '', headers } = req;
  const problem = findKeyProblem(
    provider.wire.readKey({ method, url, headers, query: target.query }),
    provider,
  );
  if (problem !== undefined) refuse(request, problem);
  else await serve(route, { ...request, api });
  return true;
}

async function serve(route: BatchRoute, request: BatchRequest): Promise<void> {
  const { provider, target, api } = request;
  const { batches } = provider.state;
  endDue(request);
  const failure = nextFailure(route, provider);
  if (failure !== undefined) return fail(request, failure);
  switch (route.kind) {
    case 'upload':
      return upload(request);
    case 'create':
      return create(request);
    case 'list': {
      const { query } = target;
      const all = batches.batches();
      const after = query.get('after') ?? query.get('after_id');
      const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const most = Number(query.get('limit') ?? DEFAULT_PAGE);
      const page = all.slice(from, from + most);
      return sendJson(request, api.list(page, all.length > from + most, addressOf(request)));
    }
    case 'content': {
      const file = batches.file(route.id);
      return file === undefined
        ? refuse(request, { kind: 'not-found', target })
        : sendText(request, file.text);
    }
    default: {
      const batch = batches.batch(route.id);
      if (batch === undefined) return refuse(request, { kind: 'not-found', target });
      const isCancelled = route.kind === 'cancel' && batch.state === 'running';
      return sendJson(
        request,
        api.show(isCancelled ? end(batch, 'cancelled', request) : batch, addressOf(request)),
      );
    }
  }
}

/** The failure that strikes a request; it is used up. */
function nextFailure({ kind }: BatchRoute, { state }: Provider): BatchFailure | undefined {
  const { failures = [] } = state.batchBehaviour;
  const failure = failures.find(({ on, count = 1 }) => on === kind && count > 0);
  if (failure?.count === undefined) return failure;
  const used = { ...failure, count: failure.count - 1 };
  state.batchBehaviour = {
    ...state.batchBehaviour,
    failures: failures.map((one) => (one === failure ? used : one)),
  };
  return failure;
}

async function fail({ req, res, provider, context }: BatchRequest, { status }: BatchFailure): Promise<void> {
  if ((await readBody(req, MAX_BYTES)).kind === 'gone') return;
  const { wire } = provider;
  const stamp = { id: context.nextId(), unixMs: Date.now(), processingMs: 0 };
  sendWireError({ res, wire, error: wire.failure({ status }, stamp), stamp });
}

/** Batches whose time has come have ended: nobody sees them before. */
function endDue(request: BatchRequest): void {
  const nowMs = Date.now();
  for (const batch of request.provider.state.batches.batches())
    if (batch.state === 'running' && batch.dueUnixMs <= nowMs) end(batch, 'due', request);
}

function end(
  batch: StoredBatch,
  as: 'due' | 'cancelled',
  { provider, context, api }: BatchRequest,
): StoredBatch {
  const { batches } = provider.state;
  const ended = endBatch(batch, as, { provider, context });
  for (const [id, text] of api.files(ended))
    batches.keepFile({ id, filename: id, purpose: 'batch_output', text, createdUnixMs: Date.now() });
  return ended;
}

async function upload(request: BatchRequest): Promise<void> {
  const { req, provider, context } = request;
  const body = await readBody(req, MAX_BYTES);
  if (body.kind === 'gone') return;
  if (body.kind === 'too-large') return refuse(request, { kind: 'too-large', maxBytes: MAX_BYTES });
  const form = (await readForm(body.bytes, req.headers['content-type'] ?? '')) as
    | Record<string, { readonly filename: string; readonly text: string } | string>
    | undefined;
  const brought = form?.file;
  if (form === undefined || typeof brought !== 'object')
    return refuse(request, { kind: 'rule', message: "'file' is a required property", field: 'file' });
  const file = {
    id: `file-${context.nextId()}`,
    filename: brought.filename,
    purpose: String(form.purpose),
    text: Buffer.from(brought.text, 'latin1').toString('utf8'),
    createdUnixMs: Date.now(),
  };
  const { answerAfterMs = 0 } = provider.state.batchBehaviour;
  provider.state.batches.keepFile(file);
  if (answerAfterMs > 0) await sleep(answerAfterMs);
  const { id, filename, purpose, text } = file;
  const createdAt = Math.floor(file.createdUnixMs / 1000);
  const bytes = Buffer.byteLength(text);
  sendJson(request, {
    id,
    object: 'file',
    bytes,
    created_at: createdAt,
    filename,
    purpose,
    status: 'processed',
  });
}

async function create(request: BatchRequest): Promise<void> {
  const { req, res, provider, context, api } = request;
  const body = await readBody(req, MAX_BYTES);
  if (body.kind === 'gone') return;
  if (body.kind === 'too-large') return refuse(request, { kind: 'too-large', maxBytes: MAX_BYTES });
  const { state } = provider;
  const reading = read(body.text, request);
  if (typeof reading === 'string') return refuse(request, { kind: 'rule', message: reading });
  const createdUnixMs = Date.now();
  const { processMs = 0, dropCreated = 0 } = state.batchBehaviour;
  const batch: StoredBatch = {
    ...reading,
    id: api.idOf(context.nextId()),
    state: 'running',
    createdUnixMs,
    dueUnixMs: createdUnixMs + processMs,
    ...{ endedUnixMs: undefined, outcomes: [], failure: undefined },
  };
  state.batches.create(batch);
  if (dropCreated > 0) {
    state.batchBehaviour = { ...state.batchBehaviour, dropCreated: dropCreated - 1 };
    res.destroy();
    return;
  }
  sendJson(request, api.show(batch, addressOf(request)));
}

function read(text: string, { api, provider }: BatchRequest) {
  try {
    return api.read(JSON.parse(text), (id) => provider.state.batches.file(id));
  } catch {
    return 'the body, or a line, is not JSON';
  }
}

const addressOf = ({ req }: BatchRequest): string => `http://${req.headers.host ?? ''}`;

const sendJson = (request: BatchRequest, value: unknown): void =>
  send(request, JSON.stringify(value), request.provider.wire.jsonContentType);
const sendText = (request: BatchRequest, text: string): void =>
  send(request, text, 'application/octet-stream');

function send({ res, provider, context }: BatchRequest, body: string, contentType: string): void {
  res.writeHead(200, {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    'x-simulated-by': 'switchyard',
    ...provider.wire.headers({ id: context.nextId(), unixMs: Date.now(), processingMs: 0 }),
  });
  res.end(body);
}

function refuse({ res, provider, context }: ProviderRequest, problem: RequestProblem): void {
  const stamp = { id: context.nextId(), unixMs: Date.now(), processingMs: 0 };
  sendWireError({ res, wire: provider.wire, error: provider.wire.refusal(problem, stamp), stamp });
}
