import { ServiceError } from '@switchyard/kernel';

/** No such file for this caller. */
export const fileNotFound = (): ServiceError =>
  new ServiceError({
    reason: 'FILE_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such file, or it has expired; GET /v1/files tells which there are',
  });

/** A batch that has not ended reads it. */
export const fileInUse = (): ServiceError =>
  new ServiceError({
    reason: 'FILE_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'a batch that has not ended reads this file; cancel it, or wait for its end',
  });

/** It was stored with another secret, or changed in the database. */
export const fileUnreadable = (): ServiceError =>
  new ServiceError({
    reason: 'FILE_UNREADABLE',
    code: 'DATA_LOSS',
    publicMessage:
      "the file cannot be read: it was stored before the service's key (ROUTING_API_KEY) changed, or was altered; upload it again",
  });

/** @param bound "1000 files" */
export const tooManyFiles = (bound: string): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_FILES',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `a tenant may have ${bound} at most; delete some that are not needed any more`,
  });

/** No such batch for this caller. */
export const batchNotFound = (): ServiceError =>
  new ServiceError({
    reason: 'BATCH_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such batch; GET /v1/batches tells which there are',
  });

/** It cannot be cancelled any more. */
export const batchEnded = (state: string): ServiceError =>
  new ServiceError({
    reason: 'BATCH_ENDED',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the batch cannot be cancelled: it is ${state}`,
    metadata: { state },
  });

export const tooManyBatches = (max: number): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_BATCHES',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `a tenant may have ${max} batches at most that have not ended; wait for one, or cancel it`,
  });
