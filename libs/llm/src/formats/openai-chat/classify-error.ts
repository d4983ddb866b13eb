import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** Codes and types that say more than the status. Source: https://platform.openai.com/docs/guides/error-codes */
const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  context_length_exceeded: 'context_length',
  string_above_max_length: 'context_length',
  insufficient_quota: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  credit_balance_exhausted: 'quota',
  rate_limit_exceeded: 'rate_limited',
  rate_limit_error: 'rate_limited',
  slow_down: 'rate_limited',
  invalid_api_key: 'authentication',
  authentication_error: 'authentication',
  permission_error: 'permission',
  model_not_found: 'not_found',
  // Azure OpenAI.
  content_filter: 'content_filter',
  ResponsibleAIPolicyViolation: 'content_filter',
  content_policy_violation: 'content_filter',
  server_is_overloaded: 'overloaded',
  service_unavailable_error: 'overloaded',
  overloaded_error: 'overloaded',
  server_error: 'server_error',
  internal_server_error: 'server_error',
  api_error: 'server_error',
};

/** For vendors that have no code for it. */
const TOO_LONG =
  /context (?:length|window|size)|too many (?:input )?tokens|(?:prompt|input) is too long|maximum .{0,20}tokens/i;
const BAD_KEY = /(?:incorrect|invalid) api[ -]?key/i;

/** What an answer with an error status means. */
export function classifyChatError(answer: HttpAnswer): ProviderError {
  return classifyChatErrorBody(errorBody(answer), {
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** What an error object means, in a body or in a stream; `status` is that of the answer where it was an error. */
export function classifyChatErrorBody(
  body: JsonObject | undefined,
  {
    status,
    retryAfterMs,
  }: { readonly status: number | undefined; readonly retryAfterMs: number | undefined },
): ProviderError {
  const error = errorObject(body);
  const message = messageOf(body, error);
  const code = error?.code ?? error?.type;
  return providerError({
    class: classify({ error, message, status: status ?? statusInStream(error) }),
    httpStatus: status,
    code,
    parameter: error?.param,
    message,
    retryAfterMs,
  });
}

function classify({
  error,
  message,
  status,
}: {
  readonly error: JsonObject | undefined;
  readonly message: string | undefined;
  readonly status: number;
}): ErrorClass {
  const byCode = lookUp(error?.code) ?? lookUp(error?.type);
  if (byCode !== undefined) return byCode;
  if (isModerated(error)) return 'content_filter';
  const byStatus = classifyStatus(status);
  if (byStatus !== 'invalid_request' || message === undefined) return byStatus;
  if (TOO_LONG.test(message)) return 'context_length';
  return BAD_KEY.test(message) ? 'authentication' : byStatus;
}

function lookUp(code: unknown): ErrorClass | undefined {
  return typeof code === 'string' && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
}

/** `{error: {…}}`, or the error itself (Mistral, vLLM). */
function errorObject(body: JsonObject | undefined): JsonObject | undefined {
  if (body === undefined) return undefined;
  return objectAt(body, 'error') ?? body;
}

/** xAI gives the text as `error` itself. */
function messageOf(body: JsonObject | undefined, error: JsonObject | undefined): string | undefined {
  if (body === undefined || error === undefined) return undefined;
  return stringAt(error, 'message') ?? stringAt(body, 'error') ?? stringAt(error, 'detail');
}

/** OpenRouter: the input was flagged, by status 403. */
function isModerated(error: JsonObject | undefined): boolean {
  const metadata = isObject(error?.metadata) ? error.metadata : undefined;
  return metadata !== undefined && arrayAt(metadata, 'reasons').length > 0;
}

/**
 * Inside a stream, or in a body with status 200, OpenRouter and vLLM give the status as a number, others name the type.
 * Without either it is the server that failed.
 */
function statusInStream(error: JsonObject | undefined): number {
  const code = Number(error?.code ?? error?.status_code);
  if (Number.isInteger(code) && code >= 400 && code <= 599) return code;
  if (error?.type === 'not_found_error') return 404;
  return error?.type === 'invalid_request_error' ? 400 : 500;
}
