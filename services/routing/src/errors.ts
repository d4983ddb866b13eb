import { ServiceError } from '@switchyard/kernel';

/** Domain of ErrorInfo for every error of this service. */
export const ERROR_DOMAIN = 'switchyard.routing';

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
