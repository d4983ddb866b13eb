import type { ServerResponse } from 'node:http';
import type { CompleteResponse, StreamCompleteResponse, StreamStarted } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import {
  type ChatRequest,
  createChatStreamEncoder,
  decodeChatRequest,
  encodeChatResponse,
} from '@switchyard/llm';
import { awaitDrain, requirePermission, toServiceError } from '@switchyard/service-kit';
import { invalidFields, notOffered } from '../errors.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { PipelineCall } from '../pipeline/pipeline-call.ts';
import { type HttpRoute, sendJson } from './http-call.ts';
import { readJson } from './read-body.ts';

/** What the route stands on. */
export interface ChatCompletionsOptions {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
}

/** `POST /v1/chat/completions`, unary and streamed. */
export const chatCompletions =
  ({ pipeline, clock }: ChatCompletionsOptions): HttpRoute =>
  async ({ request, response, principal, signal, take }) => {
    requirePermission(principal, 'routing.complete');
    if (request.headers['idempotency-key'] !== undefined) throw notOffered('idempotency-key');
    const decoded = decodeChatRequest(await readJson(request, take));
    if (!decoded.ok) throw invalidFields(decoded.error);
    const chat = decoded.value;
    const call: PipelineCall = { request: chat.request, principal, signal, deadlineAtMs: undefined };
    const created = Math.floor(clock.wallMs() / 1000);
    if (chat.stream) return streamChat(response, { events: pipeline.stream(call), chat, created, signal });
    const answer = await pipeline.complete(call);
    const body = encodeChatResponse(answer, { created, model: chat.request.model });
    sendJson(response, { status: 200, body, headers: headersOf(answer) });
  };

/** Switchyard's own fields beside the body. */
function headersOf({
  requestId,
  route,
}: Pick<CompleteResponse, 'requestId' | 'route'>): Record<string, string> {
  return {
    'x-request-id': requestId,
    'x-switchyard-request-id': requestId,
    ...(route === undefined
      ? {}
      : { 'x-switchyard-provider': route.provider, 'x-switchyard-model': headerText(route.model) }),
  };
}

/** Operators name models as they like; a header takes printable ASCII. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);

interface StreamedChat {
  readonly events: AsyncGenerator<StreamCompleteResponse>;
  readonly chat: ChatRequest;
  readonly created: number;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
}

/** The status line waits for the first event: until then a failure is an ordinary error. Whatever fails, the stream is left. */
async function streamChat(response: ServerResponse, chat: StreamedChat): Promise<void> {
  try {
    const first = await chat.events.next();
    if (first.done === true || first.value.event?.$case !== 'started')
      throw new TypeError('a stream begins with started');
    await sendStream(response, { ...chat, first: first.value, started: first.value.event.value });
  } finally {
    await chat.events.return(undefined);
  }
}

interface StartedChat extends StreamedChat {
  readonly first: StreamCompleteResponse;
  readonly started: StreamStarted;
}

async function sendStream(
  response: ServerResponse,
  { events, chat, created, signal, first, started }: StartedChat,
): Promise<void> {
  const encoder = createChatStreamEncoder({
    id: `chatcmpl-${started.requestId}`,
    created,
    model: chat.request.model,
    includeUsage: chat.includeUsage,
  });
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headersOf(started),
  });
  try {
    await write(response, encoder.encode(first), signal);
    for await (const event of events) await write(response, encoder.encode(event), signal);
  } catch (thrown) {
    const error = toServiceError(thrown);
    // Whoever reads nothing will not read this either: the connection is cut.
    if (error.reason !== 'READER_STALLED') response.end(encoder.encodeError(error));
    throw error;
  }
  response.end();
}

/** Writes, and waits while the caller reads slowly. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (text !== '' && !response.write(text)) await awaitDrain(response, signal);
}
