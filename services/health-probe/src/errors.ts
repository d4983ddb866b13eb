import { ServiceError } from '@switchyard/kernel';

/** Every failure of this service besides those of service-kit. */

export const providerNotFound = () =>
  new ServiceError({
    reason: 'PROVIDER_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such provider, or the key may not see it',
  });

export const tooManyWatchers = (max: number) =>
  new ServiceError({
    reason: 'TOO_MANY_WATCHERS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: 'as many callers watch as this replica allows; try another replica or list instead',
    retryable: true,
    retryAfterMs: 1_000,
    metadata: { max_watchers: String(max) },
  });
