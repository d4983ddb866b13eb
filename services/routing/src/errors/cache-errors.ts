import { ServiceError } from '@switchyard/kernel';

/** Some replica or the shared store may still have answers that were to be removed. */
export const cacheNotCleared = (cause: unknown): ServiceError =>
  new ServiceError({
    reason: 'CACHE_NOT_CLEARED',
    code: 'UNAVAILABLE',
    publicMessage:
      'the answers could not be cleared everywhere: Redis or the bus is away; try again, it does no harm',
    retryable: true,
    retryAfterMs: 1_000,
    cause,
  });
