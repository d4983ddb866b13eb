import type { ServerResponse } from 'node:http';
import type { Clock } from '@switchyard/kernel';
import { type AnswerHead, type AnswerSurface, RawBody } from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import { answerBody, type Placed } from './answer-body.ts';
import { answerHeaders, type Told } from './answer-headers.ts';
import { type HttpCall, type HttpRoute, sendJson, sendRaw } from './http-call.ts';
import { readJson } from './read-body.ts';
import { readForm } from './read-form.ts';

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
    const body = await readAny(surface, http);
    const { headers } = http.request;
    await answerBody(surface, { body, headers, createdAtMs }, (head) => answer(http, head));
  },
});

const readAny = ({ body }: Pick<AnswerSurface<never, never>, 'body'>, { request, take }: HttpCall) =>
  body === 'form' ? readForm(request, take) : readJson(request, take);

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
