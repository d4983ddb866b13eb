import { ServiceError } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';

/** Usage cannot be written down, so nothing may be spent. */
export const outboxFull = (why: string, cause?: unknown): ServiceError =>
  new ServiceError({
    reason: 'OUTBOX_FULL',
    code: 'UNAVAILABLE',
    publicMessage: `no request is admitted now: ${why}; free disk space or restore cost-accounting, then try again`,
    retryable: true,
    retryAfterMs: 5_000,
    cause,
  });

/** A probe wants to see a wrong key refused, and there is none that could be wrong. */
export const noKeyToCheck = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'NO_KEY_TO_CHECK',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'the provider needs no key, or one that signs requests: none could be wrong',
    metadata: { request_id: requestId },
  });

/** gRPC code for what a provider's last error means to the caller. */
function codeOf(error: ProviderError): ServiceError['code'] {
  switch (error.class) {
    case 'invalid_request':
    case 'context_length':
    case 'content_filter':
      return 'INVALID_ARGUMENT';
    case 'rate_limited':
    case 'quota':
      return 'RESOURCE_EXHAUSTED';
    case 'timeout':
      return 'DEADLINE_EXCEEDED';
    default:
      return 'UNAVAILABLE';
  }
}

/** Where a failed request was tried. */
export interface FailedRequest {
  readonly requestId: string;
  readonly provider: string;
  readonly model: string;
  readonly attempts: number;
  readonly error: ProviderError;
}

/** Every candidate that was tried failed; the last error decides the code. */
export function allFailed({ requestId, provider, model, attempts, error }: FailedRequest): ServiceError {
  const code = codeOf(error);
  const said = error.messageForCaller ?? error.detail;
  return new ServiceError({
    reason: `PROVIDER_${error.class.toUpperCase()}`,
    code,
    publicMessage: `${attempts === 1 ? '' : `all ${attempts} attempts failed; the last, at `}${provider} (${model}): ${said}${wayOutOf(error)}`,
    retryable: code === 'UNAVAILABLE' || code === 'RESOURCE_EXHAUSTED',
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    metadata: {
      request_id: requestId,
      provider,
      model,
      error_class: error.class,
      attempts: String(attempts),
    },
  });
}

/** What can be done about a provider's error, as the end of a sentence; '' where its own words have to be enough. */
function wayOutOf({ class: errorClass }: ProviderError): string {
  switch (errorClass) {
    case 'authentication':
      return '; store its key again ("switchyard apply --secrets"), or ask the provider why it is refused';
    case 'rate_limited':
      return '; try again later, or let other providers serve, too: a pool, or more fallbacks (failover.max_fallbacks)';
    case 'quota':
      return '; raise the quota or the credit at the provider, or let other providers serve, too';
    case 'timeout':
      return '; allow more time in time_limits of the provider, or ask for a faster model';
    default:
      return '';
  }
}

/** The caller's deadline passed before there was an answer. */
export const deadlinePassed = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'DEADLINE_EXCEEDED',
    code: 'DEADLINE_EXCEEDED',
    publicMessage:
      "the caller's deadline passed before a provider had answered; allow more time, stream the answer, or ask for a faster model (strategy latency)",
    metadata: { request_id: requestId },
  });

/** The caller went away. */
export const callerGone = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'CANCELLED',
    code: 'CANCELLED',
    publicMessage: 'the caller went away',
    metadata: { request_id: requestId },
  });
