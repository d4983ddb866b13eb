import type { Clock } from '@switchyard/kernel';
import type { AnswerSurface, OperationRequests, PlainOperationKind } from '@switchyard/llm';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { PlainAnswer } from '../pipeline/pipeline.ts';
import type { Placed } from './answer-body.ts';
import { askSurface, sendAnswer } from './ask-surface.ts';
import type { HttpRoute } from './http-call.ts';

/** What the route stands on. */
export interface AnswerRouteOptions<Kind extends PlainOperationKind> {
  readonly kind: Kind;
  readonly pipeline: AdmittedPipeline;
  readonly clock: Clock;
}

/** The one route of all surfaces whose work is answered in one piece: decode, ask the pipeline, encode. */
export const answerRoute = <
  Kind extends PlainOperationKind,
  Asked extends Placed & { readonly request: OperationRequests[Kind] },
>(
  surface: AnswerSurface<Asked, PlainAnswer<Kind>>,
  { kind, pipeline, clock }: AnswerRouteOptions<Kind>,
): HttpRoute =>
  askSurface(surface, {
    clock,
    answer: async ({ principal, signal, response }, head) => {
      const { request } = head.asked;
      const answer = await pipeline.work(kind, { request, principal, signal, deadlineAtMs: undefined });
      sendAnswer(response, surface, { answer, head });
    },
  });
