import { randomUUID } from 'node:crypto';
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RetryInfo, Status } from '@switchyard/contracts/rpc';
import { ServiceError } from '@switchyard/kernel';

/** Key of the trailer that carries google.rpc.Status. */
const DETAILS_KEY = 'grpc-status-details-bin';

/**
 * Any failure as a ServiceError. What is not one becomes INTERNAL with a plain text and an id that the log knows it by.
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const errorId = randomUUID();
  return new ServiceError({
    reason: 'INTERNAL',
    code: 'INTERNAL',
    publicMessage: `internal error ${errorId}; the service's log has more under this id`,
    metadata: { error_id: errorId },
    cause: error,
  });
}

/**
 * A ServiceError as gRPC status with google.rpc.Status details: ErrorInfo always, BadRequest for wrong fields, RetryInfo
 * where a time is known. Source: https://google.aip.dev/193
 *
 * @param domain for example `switchyard.routing`
 */
export function statusOfError(error: ServiceError, domain: string): Partial<StatusObject> {
  const code = status[error.code];
  const details = [
    packed(
      'google.rpc.ErrorInfo',
      ErrorInfo.encode({ reason: error.reason, domain, metadata: { ...error.metadata } }).finish(),
    ),
  ];
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map((violation) => ({
      ...violation,
      reason: '',
      localizedMessage: undefined,
    }));
    details.push(packed('google.rpc.BadRequest', BadRequest.encode({ fieldViolations }).finish()));
  }
  if (error.retryAfterMs !== undefined) {
    const seconds = Math.floor(error.retryAfterMs / 1000);
    const nanos = Math.round((error.retryAfterMs % 1000) * 1e6);
    const retryDelay = { seconds: BigInt(seconds), nanos };
    details.push(packed('google.rpc.RetryInfo', RetryInfo.encode({ retryDelay }).finish()));
  }
  const metadata = new Metadata();
  metadata.set(
    DETAILS_KEY,
    Buffer.from(Status.encode({ code, message: error.publicMessage, details }).finish()),
  );
  return { code, details: error.publicMessage, metadata };
}

function packed(type: string, value: Uint8Array) {
  return { typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value) };
}
