import { RequestPriority } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import {
  type AnswerSurface,
  chatSurface,
  type Envelope,
  embeddingsSurface,
  imagesSurface,
  moderationsSurface,
  type Operation,
  type OperationAnswers,
  type OperationKind,
  rerankSurface,
  responsesSurface,
} from '@switchyard/llm';
import { type Principal, requirePermission } from '@switchyard/service-kit';
import type { LineAnswer } from '../domain/batch/line-result.ts';
import { answerBody, type Placed } from '../http/answer-body.ts';
import type { Told } from '../http/answer-headers.ts';
import type { EncodeError } from '../http/http-call.ts';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { AnswerSummary } from '../pipeline/pipeline.ts';
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

/** The answer to a line, whatever its kind of work. */
export interface ToldLater extends AnswerSummary {
  readonly decoded: OperationAnswers[OperationKind];
}

/** What answers the lines of one path, as by HTTP. */
export interface LineEndpoint {
  /** @throws as the pipeline does */
  answer(body: unknown, caller: LineCaller): Promise<LineAnswer>;
  /** What a line asks for. @throws where its body is wrong */
  operationOf(body: unknown, batch: string): Promise<Operation>;
  /** An answer that came by another way, as `answer` would have told it. */
  tell(body: unknown, told: ToldLater): Promise<LineAnswer>;
  readonly encodeError: EncodeError;
}

/** The paths that a batch may be for. */
export function lineEndpoints(pipeline: AdmittedPipeline, clock: Clock): ReadonlyMap<string, LineEndpoint> {
  return new Map([
    [
      '/v1/chat/completions',
      lineEndpoint(chatSurface, { kind: 'chat', ask: (call) => pipeline.complete(call), clock }),
    ],
    [
      '/v1/responses',
      lineEndpoint(responsesSurface, { kind: 'chat', ask: (call) => pipeline.complete(call), clock }),
    ],
    [
      '/v1/embeddings',
      lineEndpoint(embeddingsSurface, { kind: 'embed', ask: (call) => pipeline.work('embed', call), clock }),
    ],
    [
      '/v1/moderations',
      lineEndpoint(moderationsSurface, {
        kind: 'moderate',
        ask: (call) => pipeline.work('moderate', call),
        clock,
      }),
    ],
    [
      '/v1/rerank',
      lineEndpoint(rerankSurface, { kind: 'rerank', ask: (call) => pipeline.work('rerank', call), clock }),
    ],
    [
      '/v1/images/generations',
      lineEndpoint(imagesSurface, { kind: 'draw', ask: (call) => pipeline.work('draw', call), clock }),
    ],
  ]);
}

interface Asking<Request, Answer> {
  readonly kind: OperationKind;
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
  { kind, ask, clock }: Asking<Asked['request'], Answer>,
): LineEndpoint => ({
  encodeError: surface.encodeError,
  answer: async (body, { principal, signal, batch }) => {
    requirePermission(principal, 'routing.complete');
    const brought = { body, headers: {}, createdAtMs: clock.wallMs() };
    return answerBody(surface, brought, async (head) => {
      const request = ofBatch(head.asked.request, batch);
      const answer = await ask({ request, principal, signal, deadlineAtMs: undefined });
      return lineAnswer(answer, surface.encodeResponse(answer, head));
    });
  },
  operationOf: (body, batch) => {
    const brought = { body, headers: {}, createdAtMs: clock.wallMs() };
    return answerBody(surface, brought, ({ asked }) => {
      // The surface is that of the kind.
      return Promise.resolve({ kind, request: ofBatch(asked.request, batch) } as unknown as Operation);
    });
  },
  tell: (body, { decoded, ...summary }) => {
    const brought = { body, headers: {}, createdAtMs: clock.wallMs() };
    return answerBody(surface, brought, (head) => {
      // As the pipeline makes it of what a provider of this kind of work has answered.
      const answer = { replayed: false, ...decoded, ...summary } as unknown as Answer;
      return Promise.resolve(lineAnswer(answer, surface.encodeResponse(answer, head)));
    });
  },
});

/** A line goes behind whoever waits, and the ledger knows whose it is. */
const ofBatch = <Request extends Envelope>(request: Request, batch: string): Request => ({
  ...request,
  labels: { ...request.labels, [BATCH_LABEL]: batch },
  priority: RequestPriority.LOW,
});

const lineAnswer = ({ requestId, cost }: Told, body: object): LineAnswer => ({
  status: 200,
  requestId,
  body,
  costNanoUsd: cost?.totalNanoUsd,
});
