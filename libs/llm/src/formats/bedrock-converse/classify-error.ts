import { classifyStatus } from '../classify-status.ts';
import type { ErrorClass } from '../error-classes.ts';
import { errorBody, headerOf, retryAfterOf } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/**
 * Exceptions of Converse, and of what stands before every service of AWS.
 * Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
const BY_TYPE: Readonly<Record<string, ErrorClass>> = {
  accessdeniedexception: 'permission',
  accessdenied: 'permission',
  optinrequired: 'permission',
  unrecognizedclientexception: 'authentication',
  invalidsignatureexception: 'authentication',
  incompletesignatureexception: 'authentication',
  incompletesignature: 'authentication',
  signaturedoesnotmatch: 'authentication',
  invalidclienttokenid: 'authentication',
  missingauthenticationtokenexception: 'authentication',
  expiredtokenexception: 'authentication',
  requestexpired: 'authentication',
  throttlingexception: 'rate_limited',
  toomanyrequestsexception: 'rate_limited',
  modelnotreadyexception: 'overloaded',
  serviceunavailableexception: 'overloaded',
  servicequotaexceededexception: 'quota',
  resourcenotfoundexception: 'not_found',
  unknownoperationexception: 'not_found',
  modeltimeoutexception: 'timeout',
  modelerrorexception: 'server_error',
  modelstreamerrorexception: 'server_error',
  internalserverexception: 'server_error',
  internalfailure: 'server_error',
  validationexception: 'invalid_request',
};

const TOO_LONG =
  /input is too long|prompt is too long|too many (?:input )?tokens(?! per)|exceed(?:s|ed)? the (?:maximum )?(?:context|number of (?:input )?tokens)/i;
/** The model is not there for this account or in this region, or only by an inference profile. */
const NO_MODEL =
  /model identifier is invalid|on-demand throughput isn.t supported|model.{0,40}(?:end of its life|not found|doesn.t support)/i;
const FILTERED = /blocked by content filtering/i;
/** Of the limits a minute and a day long only the first is soon over. */
const LONG_QUOTA = /per (?:day|week|month)/i;

/** What an answer with an error status means. */
export function classifyConverseError(answer: HttpAnswer): ProviderError {
  const body = errorBody(answer);
  // "ThrottlingException:http://internal.amazon.com/…": only the name is the type.
  const [named = ''] = (headerOf(answer.headers, 'x-amzn-errortype') ?? '').split(':', 1);
  const inBody = (stringAt(body ?? {}, '__type') ?? '').split('#').at(-1) ?? '';
  return classifyException({
    type: named === '' ? inBody : named,
    body,
    status: answer.status,
    retryAfterMs: retryAfterOf(answer.headers, answer.wallNowMs),
  });
}

/** An exception by its type, in an answer or in a stream. */
export function classifyException({
  type,
  body,
  status,
  retryAfterMs,
}: {
  /** "ThrottlingException"; in streams it begins with a small letter. '' for none. */
  readonly type: string;
  readonly body: JsonObject | undefined;
  /** `undefined` in a stream. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}): ProviderError {
  const message = stringAt(body ?? {}, 'message') ?? stringAt(body ?? {}, 'Message');
  return providerError({
    class: classify({ type: type.toLowerCase(), message: message ?? '', status }),
    httpStatus: status,
    code: type === '' ? undefined : type,
    message,
    retryAfterMs,
  });
}

function classify({
  type,
  message,
  status,
}: {
  readonly type: string;
  readonly message: string;
  readonly status: number | undefined;
}): ErrorClass {
  const known = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  const byType = known ?? classifyStatus(status ?? 500);
  switch (byType) {
    case 'rate_limited':
      return LONG_QUOTA.test(message) ? 'quota' : byType;
    case 'invalid_request':
      if (TOO_LONG.test(message)) return 'context_length';
      if (NO_MODEL.test(message)) return 'not_found';
      return FILTERED.test(message) ? 'content_filter' : byType;
    default:
      return byType;
  }
}
