import { type ServiceError as GrpcError, Metadata, status } from '@grpc/grpc-js';
import { type FieldViolation, ServiceError, type StatusCode } from '@switchyard/kernel';
import { BadRequest, ErrorInfo, RetryInfo, Status } from './rpc.ts';

/** Codes after which the same call may succeed. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'DEADLINE_EXCEEDED',
]);

/** What a gRPC client threw, as the ServiceError that the server had sent, details included. Other errors become UNAVAILABLE's like. */
export function errorOfStatus(error: GrpcError): ServiceError {
  const code = (status[error.code] ?? 'UNKNOWN') as StatusCode;
  const { reason, metadata, violations, retryAfterMs } = detailsOf(error);
  return new ServiceError({
    reason: reason ?? code,
    code,
    publicMessage: error.details || error.message,
    retryable: RETRYABLE.has(code),
    cause: error,
    ...(metadata === undefined ? {} : { metadata }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    violations,
  });
}

function detailsOf(error: GrpcError) {
  const found: {
    reason?: string;
    metadata?: Record<string, string>;
    violations: FieldViolation[];
    retryAfterMs?: number;
  } = { violations: [] };
  const packed =
    error.metadata instanceof Metadata ? error.metadata.get('grpc-status-details-bin')[0] : undefined;
  if (!(packed instanceof Buffer)) return found;
  for (const { typeUrl, value } of Status.decode(packed).details) {
    if (typeUrl.endsWith('/google.rpc.ErrorInfo')) {
      const info = ErrorInfo.decode(value);
      found.reason = info.reason;
      found.metadata = info.metadata;
    } else if (typeUrl.endsWith('/google.rpc.BadRequest')) {
      const { fieldViolations } = BadRequest.decode(value);
      found.violations = fieldViolations.map(({ field, description }) => ({ field, description }));
    } else if (typeUrl.endsWith('/google.rpc.RetryInfo')) {
      const delay = RetryInfo.decode(value).retryDelay;
      if (delay !== undefined) found.retryAfterMs = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
    }
  }
  return found;
}
