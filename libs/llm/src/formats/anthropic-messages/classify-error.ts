import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** https://platform.claude.com/docs/en/api/errors */
const BY_TYPE: Readonly<Record<string, ErrorClass>> = {
  authentication_error: 'authentication',
  billing_error: 'quota',
  permission_error: 'permission',
  not_found_error: 'not_found',
  // Larger than 32 MB; another provider may take it.
  request_too_large: 'context_length',
  rate_limit_error: 'rate_limited',
  api_error: 'server_error',
  timeout_error: 'timeout',
  overloaded_error: 'overloaded',
};

const TOO_LONG =
  /prompt is too long|input length and .?max_tokens.? exceed|exceed(?:s|ed)? (?:the )?context (?:limit|window)/i;
/** An account without credit is told so by an invalid_request_error. */
const NO_CREDIT = /credit balance is too low/i;
const FILTERED = /blocked by content filtering/i;

/** What an answer with an error status means. */
export function classifyMessagesError(answer: HttpAnswer): ProviderError {
  return classifyMessagesErrorBody(errorBody(answer), {
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** What `{type: "error", error: {type, message}}` means, in a body or in a stream. */
export function classifyMessagesErrorBody(
  body: JsonObject | undefined,
  {
    status,
    retryAfterMs,
  }: { readonly status: number | undefined; readonly retryAfterMs: number | undefined },
): ProviderError {
  const error = body === undefined ? undefined : objectAt(body, 'error');
  const type = error === undefined ? undefined : stringAt(error, 'type');
  const message = error === undefined ? undefined : stringAt(error, 'message');
  return providerError({
    class: classify({ type, message, status }),
    httpStatus: status,
    code: type,
    message,
    retryAfterMs,
  });
}

function classify({
  type = '',
  message = '',
  status,
}: {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly status: number | undefined;
}): ErrorClass {
  const known = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  if (known !== undefined) return known;
  const inStream = type === 'invalid_request_error' ? 400 : 500;
  const byStatus = classifyStatus(status ?? inStream);
  if (byStatus !== 'invalid_request') return byStatus;
  if (TOO_LONG.test(message)) return 'context_length';
  if (NO_CREDIT.test(message)) return 'quota';
  return FILTERED.test(message) ? 'content_filter' : byStatus;
}
