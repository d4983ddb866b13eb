import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';
import { type ErrorDetails, readErrorDetails } from './error-details.ts';

/** Reasons that say more than the status. Source: googleapis, google/api/error_reason.proto */
const BY_REASON: Readonly<Record<string, ErrorClass>> = {
  API_KEY_INVALID: 'authentication',
  API_KEY_EXPIRED: 'authentication',
  CREDENTIALS_MISSING: 'authentication',
  ACCESS_TOKEN_EXPIRED: 'authentication',
  ACCESS_TOKEN_TYPE_UNSUPPORTED: 'authentication',
  API_KEY_SERVICE_BLOCKED: 'permission',
  API_KEY_HTTP_REFERRER_BLOCKED: 'permission',
  API_KEY_IP_ADDRESS_BLOCKED: 'permission',
  SERVICE_DISABLED: 'permission',
  CONSUMER_SUSPENDED: 'permission',
  BILLING_DISABLED: 'quota',
  RATE_LIMIT_EXCEEDED: 'rate_limited',
};

/** Source: https://ai.google.dev/gemini-api/docs/generate-content/api-errors */
const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  INVALID_ARGUMENT: 'invalid_request',
  OUT_OF_RANGE: 'invalid_request',
  // The free tier is not to be had where the call comes from.
  FAILED_PRECONDITION: 'permission',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission',
  NOT_FOUND: 'not_found',
  RESOURCE_EXHAUSTED: 'rate_limited',
  ABORTED: 'overloaded',
  CANCELLED: 'cancelled',
  UNKNOWN: 'server_error',
  INTERNAL: 'server_error',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
};

const TOO_LONG = /token count.{0,40}exceeds|exceeds the maximum number of (?:input )?tokens/i;
const BAD_KEY = /api key (?:not valid|expired|not found|was reported as leaked)|unregistered callers/i;
const NO_CREDIT =
  /credits? (?:are|is|have been|has been) (?:depleted|exhausted)|prepay|spend(?:ing)? (?:cap|limit)/i;
/** Of the limits a minute long and a day long, only the first is soon over. */
const LONG_QUOTA = /Per(?:Day|Week|Month)/;

/** What an answer with an error status means. */
export function classifyGeminiError(answer: HttpAnswer): ProviderError {
  return classifyGeminiErrorBody(errorBody(answer), {
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** What an error object means, in a body or in a stream; `status` is that of the answer where it was an error. */
export function classifyGeminiErrorBody(
  body: JsonObject | undefined,
  {
    status,
    retryAfterMs,
  }: { readonly status: number | undefined; readonly retryAfterMs: number | undefined },
): ProviderError {
  const error = (body === undefined ? undefined : objectAt(body, 'error')) ?? {};
  const details = readErrorDetails(error);
  return providerError({
    class: classify({ error, details, status: status ?? statusInStream(error) }),
    httpStatus: status,
    code: details.reason ?? error.status ?? error.code,
    parameter: details.field,
    message: stringAt(error, 'message'),
    retryAfterMs: details.retryDelayMs ?? retryAfterMs,
  });
}

function classify({
  error,
  details,
  status,
}: {
  readonly error: JsonObject;
  readonly details: ErrorDetails;
  readonly status: number;
}): ErrorClass {
  const message = stringAt(error, 'message') ?? '';
  const byReason = lookUp(BY_REASON, details.reason);
  const known = byReason ?? lookUp(BY_CODE, error.status) ?? classifyStatus(status);
  switch (known) {
    case 'rate_limited':
      return isExhausted({ details, message, status }) ? 'quota' : known;
    case 'invalid_request':
      if (BAD_KEY.test(message)) return 'authentication';
      return TOO_LONG.test(message) ? 'context_length' : known;
    case 'permission':
      return byReason === undefined && BAD_KEY.test(message) ? 'authentication' : known;
    default:
      return known;
  }
}

/** One code stands for a limit that is soon over, for a day's limit, and for an account without money (status 402). */
function isExhausted({
  details,
  message,
  status,
}: {
  readonly details: ErrorDetails;
  readonly message: string;
  readonly status: number;
}): boolean {
  return status === 402 || details.quotaIds.some((id) => LONG_QUOTA.test(id)) || NO_CREDIT.test(message);
}

function lookUp(table: Readonly<Record<string, ErrorClass>>, key: unknown): ErrorClass | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Inside a stream, or in a body with status 200, the error repeats its status; without one it is the server that failed. */
function statusInStream({ code }: JsonObject): number {
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 500;
}
