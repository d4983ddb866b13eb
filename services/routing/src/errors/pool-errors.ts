import { ServiceError } from '@switchyard/kernel';

/** No such pool for this caller. */
export const poolNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no pool ${id}; ListPools ("switchyard pools") tells which there are`,
    metadata: { pool: id },
  });

/** The id is taken. */
export const poolExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is a pool ${id} already; update it, or take another id`,
    metadata: { pool: id },
  });
