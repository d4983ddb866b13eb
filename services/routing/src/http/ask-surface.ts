import type { ServerResponse } from 'node:http';
import { type Clock, ServiceError } from '@switchyard/kernel';
import {
  type AnswerHead,
  type AnswerSurface,
  inCallersWords,
  RawBody,
  type SurfaceRequest,
} from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import { answerHeaders, type Told } from './answer-headers.ts';
import { decodeBody } from './decode-body.ts';
import { type HttpCall, type HttpRoute, sendJson, sendRaw } from './http-call.ts';

/** What a surface's decoded request may say of where its parts stood. */
export type Placed = Partial<Pick<SurfaceRequest, 'places'>>;

/** How a decoded request is answered. */
export interface AskSurfaceOptions<Asked> {
  readonly clock: Clock;
  readonly answer: (http: HttpCall, head: AnswerHead<Asked>) => Promise<void>;
}

/** What the routes of all surfaces do: decode, have it answered, and tell what goes wrong in the caller's words. */
export const askSurface = <Asked extends Placed>(
  surface: AnswerSurface<Asked, never>,
  { clock, answer }: AskSurfaceOptions<Asked>,
): HttpRoute => ({
  encodeError: surface.encodeError,
  answer: async (http) => {
    requirePermission(http.principal, 'routing.complete');
    const createdAtMs = clock.wallMs();
    const asked = await decodeBody(surface, http);
    try {
      await answer(http, { asked, createdAtMs });
    } catch (thrown) {
      throw thrown instanceof ServiceError ? inCallersWords(thrown, surface, asked) : thrown;
    }
  },
});

/** Sends an answer in one piece as a surface tells it. */
export function sendAnswer<Asked, Answer extends Told>(
  response: ServerResponse,
  surface: AnswerSurface<Asked, Answer>,
  { answer, head }: { readonly answer: Answer; readonly head: AnswerHead<Asked> },
): void {
  const body = surface.encodeResponse(answer, head);
  const headers = answerHeaders(answer, surface);
  if (body instanceof RawBody) sendRaw(response, { body, headers });
  else sendJson(response, { status: 200, body, headers });
}
