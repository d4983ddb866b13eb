import type { CompleteRequest } from '@switchyard/contracts/routing';

/** What requests of all kinds have in common: whom to ask, for whom, and under which rules. */
export type Envelope = Pick<
  CompleteRequest,
  | 'model'
  | 'requirements'
  | 'context'
  | 'idempotencyKey'
  | 'failover'
  | 'strategy'
  | 'purpose'
  | 'passthroughJson'
  | 'passthroughFormat'
  | 'labels'
  | 'user'
> &
  // Kinds of work that nobody keeps answers of have no `cache`; without a priority it is the usual one.
  Partial<Pick<CompleteRequest, 'cache' | 'priority'>>;
