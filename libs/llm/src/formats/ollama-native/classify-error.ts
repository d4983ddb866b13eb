import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** Errors are a text without a code: these are the texts of the server's source, https://github.com/ollama/ollama */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/exceeds? the (?:available )?context (?:length|size|window)|prompt (?:is )?too long/i, 'context_length'],
  [/maximum pending requests exceeded|server busy|is overloaded/i, 'overloaded'],
  [/^model .{0,300} not found|try pulling it first/i, 'not_found'],
  [/^unauthorized$|invalid api key/i, 'authentication'],
  [/usage limit|upgrade (?:your plan|for access)/i, 'quota'],
  [/rate limit|too many (?:concurrent )?requests/i, 'rate_limited'],
];

/** What an answer with an error status means. */
export function classifyOllamaError(answer: HttpAnswer): ProviderError {
  return classifyOllamaErrorBody(errorBody(answer), {
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** What `{error: "…"}` means, in a body or in a stream. */
export function classifyOllamaErrorBody(
  body: JsonObject | undefined,
  {
    status,
    retryAfterMs,
  }: { readonly status: number | undefined; readonly retryAfterMs: number | undefined },
): ProviderError {
  const message = messageOf(body);
  return providerError({ class: classify(message, status), httpStatus: status, message, retryAfterMs });
}

/** The cloud's gateway answers with an object. */
function messageOf(body: JsonObject | undefined): string | undefined {
  if (body === undefined) return undefined;
  const error = objectAt(body, 'error');
  return error === undefined ? stringAt(body, 'error') : stringAt(error, 'message');
}

function classify(message = '', status: number | undefined): ErrorClass {
  // In a stream there is no status; what breaks off there is the run of the model.
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return byMessage ?? classifyStatus(status ?? 500);
}
