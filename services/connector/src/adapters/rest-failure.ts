import { ServiceError } from '@switchyard/kernel';
import { connectorError } from '../errors.ts';
import { reasonOfNetworkError } from './network-failure.ts';

/** What undici, net or tls threw, as an error of the service's table. What is not from the other side stays as it is. */
export function restFailure(error: unknown): unknown {
  if (error instanceof ServiceError) return error;
  const reason = reasonOfNetworkError(error);
  return reason === undefined ? error : connectorError(reason, { cause: error });
}
