import { ServiceError, type ServiceErrorInit } from '@switchyard/kernel';
import type { AddressKind } from '@switchyard/service-kit';

/** Every way in which a call can fail on purpose: what callers see, and whether it tells something about the system called. */
interface Row {
  readonly code: ServiceErrorInit['code'];
  readonly text: string;
  readonly retryable?: boolean;
  /**
   * `target`: the system called is to blame, its breaker counts it. `answered`: the system works, it just said no.
   * `other`: says nothing about the system.
   */
  readonly blame: Blame;
}

type Blame = 'target' | 'answered' | 'other';

const TABLE = {
  CONNECTOR_NOT_FOUND: { code: 'NOT_FOUND', text: 'there is no such connector', blame: 'other' },
  CONNECTOR_EXISTS: { code: 'ALREADY_EXISTS', text: 'the tenant has a connector of this id', blame: 'other' },
  TOO_MANY_CONNECTORS: {
    code: 'RESOURCE_EXHAUSTED',
    text: 'the tenant has as many connectors as it may have',
    blame: 'other',
  },
  CONNECTOR_BUSY: {
    code: 'RESOURCE_EXHAUSTED',
    text: 'as many calls of this connector are under way as its max_concurrency allows; try again',
    retryable: true,
    blame: 'other',
  },
  SERVICE_BUSY: {
    code: 'RESOURCE_EXHAUSTED',
    text: 'as many calls are under way as this replica allows; try again',
    retryable: true,
    blame: 'other',
  },
  CIRCUIT_OPEN: {
    code: 'UNAVAILABLE',
    text: 'the system failed several times in a row and is left alone for a while',
    retryable: true,
    blame: 'other',
  },
  CONFIGURATION_REFUSED: {
    code: 'FAILED_PRECONDITION',
    text: "the connector's configuration is not allowed here (any more)",
    blame: 'other',
  },
  CREDENTIAL_NOT_FOUND: {
    code: 'FAILED_PRECONDITION',
    text: "the connector's secret does not exist",
    blame: 'other',
  },
  CREDENTIAL_NOT_FOR_ORIGIN: {
    code: 'FAILED_PRECONDITION',
    text: "the connector's secret may not be sent to the connector's origin; its allowed_origins say where it may go",
    blame: 'other',
  },
  CREDENTIAL_MALFORMED: {
    code: 'FAILED_PRECONDITION',
    text: "the connector's secret does not fit its auth_type",
    blame: 'other',
  },
  CREDENTIAL_UNAVAILABLE: {
    code: 'UNAVAILABLE',
    text: 'the secret cannot be read now because the credential service does not answer; nothing was called',
    retryable: true,
    blame: 'other',
  },
  CREDENTIAL_REFUSED: {
    code: 'FAILED_PRECONDITION',
    text: 'the system refused the credential',
    blame: 'target',
  },
  AUDIT_UNAVAILABLE: {
    code: 'UNAVAILABLE',
    text: 'the audit log cannot be written now, so nothing was done',
    retryable: true,
    blame: 'other',
  },
  ADDRESS_FORBIDDEN: {
    code: 'PERMISSION_DENIED',
    text: 'the endpoint leads to an address that may not be connected to; an operator can name private hosts',
    blame: 'other',
  },
  TARGET_UNAVAILABLE: {
    code: 'UNAVAILABLE',
    text: 'the system cannot be reached or broke the connection',
    retryable: true,
    blame: 'target',
  },
  TARGET_MALFORMED: {
    code: 'UNAVAILABLE',
    text: 'the system answered in a way that cannot be read',
    blame: 'target',
  },
  TARGET_UNTRUSTED: {
    code: 'UNAVAILABLE',
    text: 'the system could not prove who it is by TLS 1.3 and a certificate for its name',
    blame: 'target',
  },
  TIME_LIMIT: {
    code: 'DEADLINE_EXCEEDED',
    text: 'the call took longer than its time limit and was ended',
    retryable: true,
    blame: 'target',
  },
  CALLER_GONE: { code: 'CANCELLED', text: 'the caller went away', blame: 'other' },
  CALLER_TIME_LIMIT: {
    code: 'DEADLINE_EXCEEDED',
    text: "the call took longer than the caller's own time limit and was ended",
    retryable: true,
    blame: 'other',
  },
  QUERY_REFUSED: { code: 'INVALID_ARGUMENT', text: 'the database refused the query', blame: 'answered' },
  WRITE_REFUSED: {
    code: 'PERMISSION_DENIED',
    text: 'queries are read-only and one statement each',
    blame: 'answered',
  },
  ACCESS_REFUSED: {
    code: 'PERMISSION_DENIED',
    text: "the database does not let the connector's role do that",
    blame: 'answered',
  },
  ROLE_TOO_POWERFUL: {
    code: 'FAILED_PRECONDITION',
    text: "the connector's database role is a superuser or may reach the server's files and programs; give it a read-only role",
    blame: 'other',
  },
  DATABASE_NOT_FOUND: {
    code: 'FAILED_PRECONDITION',
    text: 'the server has no database of the name in the endpoint',
    blame: 'target',
  },
} satisfies Readonly<Record<string, Row>>;

/** Reason of an error of this service. */
export type Reason = keyof typeof TABLE;

/** More about one failure. */
export interface FailureDetails {
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Added to the table's text; must hold no secret and no address inside the installation. */
  readonly more?: string;
}

/** An error of this service's table. */
export function connectorError(reason: Reason, details: FailureDetails = {}): ServiceError {
  const row: Row = TABLE[reason];
  const { more, ...rest } = details;
  return new ServiceError({
    reason,
    code: row.code,
    publicMessage: more === undefined ? row.text : `${row.text}: ${more}`,
    retryable: row.retryable ?? false,
    ...rest,
  });
}

/** An address that may not be connected to. Says its kind, not the address: a name's private address is not the caller's to know. */
export function addressForbidden(kind: AddressKind): ServiceError {
  return connectorError('ADDRESS_FORBIDDEN', { metadata: { address_kind: kind } });
}

/** What a failure tells about the system that was called. */
export function blameOf(error: unknown): Blame {
  if (!(error instanceof ServiceError)) return 'other';
  return (TABLE as Readonly<Record<string, Row>>)[error.reason]?.blame ?? 'other';
}
