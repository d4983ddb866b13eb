/** gRPC status codes by name. Source: https://grpc.io/docs/guides/status-codes/ */
export type StatusCode =
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED';

/** One field of the input that is wrong. */
export interface FieldViolation {
  /** Path of the field as the caller wrote it, for example `messages[0].role`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly description: string;
}

/** What makes a {@link ServiceError}. */
export interface ServiceErrorInit {
  /** Stable name that callers test, in UPPER_SNAKE_CASE, from the service's error table. */
  readonly reason: string;
  readonly code: StatusCode;
  /** Text that may leave the process: no secrets, prompts, addresses inside the installation. */
  readonly publicMessage: string;
  /** Whether the same call may succeed later. Default false. */
  readonly retryable?: boolean;
  /** When to try again, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** More about it that may leave the process. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Fields that are wrong, for INVALID_ARGUMENT. */
  readonly violations?: readonly FieldViolation[];
  /** What led to it; logged, never sent. */
  readonly cause?: unknown;
}

/** The one error that services throw on purpose. Callers test it by `reason`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly reason: string;
  readonly code: StatusCode;
  readonly publicMessage: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];

  constructor(init: ServiceErrorInit) {
    super(`${init.reason}: ${init.publicMessage}`, { cause: init.cause });
    this.reason = init.reason;
    this.code = init.code;
    this.publicMessage = init.publicMessage;
    this.retryable = init.retryable ?? false;
    this.retryAfterMs = init.retryAfterMs;
    this.metadata = init.metadata ?? {};
    this.violations = init.violations ?? [];
  }
}

/** INVALID_ARGUMENT that names the fields. */
export function invalidArgument(...violations: [FieldViolation, ...FieldViolation[]]): ServiceError {
  return new ServiceError({
    reason: 'INVALID_ARGUMENT',
    code: 'INVALID_ARGUMENT',
    publicMessage: violations.map(({ field, description }) => `${field}: ${description}`).join('; '),
    violations,
  });
}
