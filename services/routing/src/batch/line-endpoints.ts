import { RequestPriority } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import {
  type AnswerSurface,
  chatSurface,
  type Envelope,
  embeddingsSurface,
  imagesSurface,
  moderationsSurface,
  rerankSurface,
  responsesSurface,
} from '@switchyard/llm';
import { type Principal, requirePermission } from '@switchyard/service-kit';
import type { LineAnswer } from '../domain/batch/line-result.ts';
import { answerBody, type Placed } from '../http/answer-body.ts';
import type { Told } from '../http/answer-headers.ts';
import type { EncodeError } from '../http/http-call.ts';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { Caller } from '../pipeline/pipeline-call.ts';

/** Label by which the ledger knows a batch's lines. */
export const BATCH_LABEL = 'batch';

/** On whose behalf a line is asked. */
export interface LineCaller {
  readonly principal: Principal;
  /** Fires when the answer could not be stored any more. */
  readonly signal: AbortSignal;
  /** Public id of the batch. */
  readonly batch: string;
}

/** What answers the lines of one path, as by HTTP. */
export interface LineEndpoint {
  /** @throws as the pipeline does */
  answer(body: unknown, caller: LineCaller): Promise<LineAnswer>;
  readonly encodeError: EncodeError;
}

/** The paths that a batch may be for. */
export function lineEndpoints(pipeline: AdmittedPipeline, clock: Clock): ReadonlyMap<string, LineEndpoint> {
  return new Map([
    ['/v1/chat/completions', lineEndpoint(chatSurface, { ask: (call) => pipeline.complete(call), clock })],
    ['/v1/responses', lineEndpoint(responsesSurface, { ask: (call) => pipeline.complete(call), clock })],
    [
      '/v1/embeddings',
      lineEndpoint(embeddingsSurface, { ask: (call) => pipeline.work('embed', call), clock }),
    ],
    [
      '/v1/moderations',
      lineEndpoint(moderationsSurface, { ask: (call) => pipeline.work('moderate', call), clock }),
    ],
    ['/v1/rerank', lineEndpoint(rerankSurface, { ask: (call) => pipeline.work('rerank', call), clock })],
    [
      '/v1/images/generations',
      lineEndpoint(imagesSurface, { ask: (call) => pipeline.work('draw', call), clock }),
    ],
  ]);
}

interface Asking<Request, Answer> {
  readonly ask: (call: Caller & { readonly request: Request }) => Promise<Answer>;
  readonly clock: Clock;
}

/** A line takes the way of every request of its surface, with low priority. */
const lineEndpoint = <
  Request extends Envelope,
  Asked extends Placed & { readonly request: Request },
  Answer extends Told,
>(
  surface: AnswerSurface<Asked, Answer>,
  { ask, clock }: Asking<Asked['request'], Answer>,
): LineEndpoint => ({
  encodeError: surface.encodeError,
  answer: async (body, { principal, signal, batch }) => {
    requirePermission(principal, 'routing.complete');
    const brought = { body, headers: {}, createdAtMs: clock.wallMs() };
    return answerBody(surface, brought, async (head) => {
      const { request } = head.asked;
      const labels = { ...request.labels, [BATCH_LABEL]: batch };
      const ofBatch = { ...request, labels, priority: RequestPriority.LOW };
      const answer = await ask({ request: ofBatch, principal, signal, deadlineAtMs: undefined });
      return {
        status: 200,
        requestId: answer.requestId,
        body: surface.encodeResponse(answer, head),
        costNanoUsd: answer.cost?.totalNanoUsd,
      };
    });
  },
});
