import { type Clock, ServiceError } from '@switchyard/kernel';
import {
  type AnswerSurface,
  inCallersWords,
  type OperationKind,
  type OperationRequests,
} from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import type { PipelineCall } from '../pipeline/pipeline-call.ts';
import { answerHeaders, type Told } from './answer-headers.ts';
import { decodeBody } from './decode-body.ts';
import { type HttpRoute, sendJson } from './http-call.ts';

/** What the route stands on. */
export interface AnswerRouteOptions<Kind extends OperationKind, Answer> {
  readonly clock: Clock;
  /** The pipeline's way of this kind of work. */
  readonly ask: (call: PipelineCall<Kind>) => Promise<Answer>;
}

/** The one route of all surfaces whose work is answered in one piece: decode, ask the pipeline, encode. */
export const answerRoute = <
  Kind extends OperationKind,
  Asked extends { readonly request: OperationRequests[Kind] },
  Answer extends Told,
>(
  surface: AnswerSurface<Asked, Answer>,
  { clock, ask }: AnswerRouteOptions<Kind, Answer>,
): HttpRoute => ({
  encodeError: surface.encodeError,
  answer: async (http) => {
    requirePermission(http.principal, 'routing.complete');
    const createdAtMs = clock.wallMs();
    const asked = await decodeBody(surface, http);
    const { request } = asked;
    const { principal, signal } = http;
    try {
      const response = await ask({ request, principal, signal, deadlineAtMs: undefined });
      sendJson(http.response, {
        status: 200,
        body: surface.encodeResponse(response, { asked, createdAtMs }),
        headers: answerHeaders(response, surface),
      });
    } catch (thrown) {
      throw thrown instanceof ServiceError ? inCallersWords(thrown, surface, {}) : thrown;
    }
  },
});
