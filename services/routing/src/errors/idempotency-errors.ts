import { ServiceError } from '@switchyard/kernel';

const FIELD = 'idempotency_key';

/** The key's first request is under way, or nobody knows what came of it. */
export const idempotencyKeyInUse = (): ServiceError =>
  new ServiceError({
    reason: 'IDEMPOTENCY_KEY_IN_USE',
    code: 'ABORTED',
    publicMessage:
      'a request with this idempotency key is being answered, or its replica ended before its answer was stored; ask again for the stored answer, or with another key for a new one',
    retryable: true,
    retryAfterMs: 1_000,
    metadata: { field: FIELD },
  });

/** It was charged for, but there is no whole answer. */
export const idempotencyKeyBroken = (): ServiceError =>
  new ServiceError({
    reason: 'IDEMPOTENCY_KEY_BROKEN',
    code: 'ABORTED',
    publicMessage:
      'the answer to this idempotency key cannot be given again: it broke off after a part of it was delivered, was larger than 8 MiB, or was stored with another secret; ask with another key, and be charged again',
    metadata: { field: FIELD },
  });

/** The key came with another request before. */
export const idempotencyKeyOfOther = (): ServiceError =>
  new ServiceError({
    reason: 'IDEMPOTENCY_KEY_REUSED',
    code: 'INVALID_ARGUMENT',
    publicMessage:
      'idempotency_key: was used for another request within the last 24 h; take a new key for each request',
    violations: [{ field: FIELD, description: 'was used for another request' }],
    metadata: { field: FIELD },
  });
