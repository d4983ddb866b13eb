import type { ServerResponse } from 'node:http';
import type { StreamCompleteResponse, StreamStarted } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import type { Surface, SurfaceRequest } from '@switchyard/llm';
import { toServiceError } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { PipelineCall } from '../pipeline/pipeline-call.ts';
import { answerHeaders } from './answer-headers.ts';
import { askSurface, sendAnswer } from './ask-surface.ts';
import type { HttpCall, HttpRoute } from './http-call.ts';
import { writeEvents } from './write-events.ts';

/** What the route stands on. */
export interface SurfaceRouteOptions {
  readonly pipeline: AdmittedPipeline;
  readonly clock: Clock;
}

/** The one route of all surfaces: decode, ask the pipeline, encode, whole or streamed. */
export const surfaceRoute = <Asked extends SurfaceRequest>(
  surface: Surface<Asked>,
  { pipeline, clock }: SurfaceRouteOptions,
): HttpRoute =>
  askSurface(surface, {
    clock,
    answer: async (http, head) => {
      const { asked } = head;
      const { principal, signal, response } = http;
      const call: PipelineCall = { request: asked.request, principal, signal, deadlineAtMs: undefined };
      if (asked.stream) await answerStreamed(http, { surface, ...head, events: pipeline.stream(call) });
      else sendAnswer(response, surface, { answer: await pipeline.complete(call), head });
    },
  });

interface Streamed<Asked extends SurfaceRequest> {
  readonly surface: Surface<Asked>;
  readonly asked: Asked;
  readonly createdAtMs: number;
  readonly events: AsyncGenerator<StreamCompleteResponse>;
}

/** The status line waits for the first event: until then a failure is an ordinary error. Whatever fails, the stream is left. */
async function answerStreamed<Asked extends SurfaceRequest>(
  { response, signal }: HttpCall,
  streamed: Streamed<Asked>,
): Promise<void> {
  const { events } = streamed;
  try {
    const first = await events.next();
    if (first.done === true || first.value.event?.$case !== 'started')
      throw new TypeError('a stream begins with started');
    const started = first.value.event.value;
    await sendStream(response, { ...streamed, first: first.value, started, signal });
  } finally {
    await events.return(undefined);
  }
}

interface Started<Asked extends SurfaceRequest> extends Streamed<Asked> {
  readonly first: StreamCompleteResponse;
  readonly started: StreamStarted;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
}

async function sendStream<Asked extends SurfaceRequest>(
  response: ServerResponse,
  { surface, asked, createdAtMs, events, first, started, signal }: Started<Asked>,
): Promise<void> {
  const encoder = surface.createStreamEncoder({ asked, createdAtMs, requestId: started.requestId });
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...answerHeaders(started, surface),
  });
  try {
    await writeEvents(response, encoder.encode(first), signal);
    for await (const event of events) await writeEvents(response, encoder.encode(event), signal);
  } catch (thrown) {
    const error = toServiceError(thrown);
    // Whoever reads nothing will not read this either: the connection is cut.
    if (error.reason !== 'READER_STALLED') response.end(encoder.encodeError(error));
    throw error;
  }
  response.end();
}
