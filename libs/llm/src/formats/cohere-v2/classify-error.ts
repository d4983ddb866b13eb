import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** Errors are a text without a code. Source: https://docs.cohere.com/reference/errors */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/too many tokens|(?:input|prompt) is too long|context (?:length|window|size)/i, 'context_length'],
  [/invalid api (?:token|key)|no api key/i, 'authentication'],
  [/billing|payment|monthly (?:call )?limit|trial key.{0,80}month/i, 'quota'],
  [/model .{0,300}(?:not found|was removed)/i, 'not_found'],
  [/rate limit|too many requests|per minute/i, 'rate_limited'],
];
/** Statuses of Cohere's own. */
const BY_STATUS: Readonly<Record<number, ErrorClass>> = { 498: 'authentication', 499: 'cancelled' };

/** What an answer with an error status means. */
export function classifyCohereError(answer: HttpAnswer): ProviderError {
  return classifyCohereErrorBody(errorBody(answer), {
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** What `{message: "…"}` means, in a body or in a stream. */
export function classifyCohereErrorBody(
  body: JsonObject | undefined,
  {
    status,
    retryAfterMs,
  }: { readonly status: number | undefined; readonly retryAfterMs: number | undefined },
): ProviderError {
  const message = body === undefined ? undefined : stringAt(body, 'message');
  return providerError({ class: classify(message, status), httpStatus: status, message, retryAfterMs });
}

function classify(message = '', status: number | undefined): ErrorClass {
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  if (byMessage !== undefined) return byMessage;
  // In a stream there is no status; what breaks off there is the run of the model.
  return status === undefined ? 'server_error' : (BY_STATUS[status] ?? classifyStatus(status));
}
