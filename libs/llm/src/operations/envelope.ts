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
>;
