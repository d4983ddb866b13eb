import { ServiceError } from '@switchyard/kernel';
import pg from 'pg';
import { redactText } from '../domain/redact-secret.ts';
import { connectorError, type Reason } from '../errors.ts';
import { reasonOfNetworkError } from './network-failure.ts';

/** Longest part of a database's message that is passed on. */
const MAX_MESSAGE_LENGTH = 500;

/** SQLSTATEs and classes, the first that fits. Source: PostgreSQL documentation, Appendix A. */
const REASONS: readonly (readonly [prefix: string, Reason])[] = [
  ['25006', 'WRITE_REFUSED'],
  ['42501', 'ACCESS_REFUSED'],
  ['57014', 'TIME_LIMIT'],
  ['3D000', 'DATABASE_NOT_FOUND'],
  ['28', 'CREDENTIAL_REFUSED'],
  ['08', 'TARGET_UNAVAILABLE'],
  ['53', 'TARGET_UNAVAILABLE'],
  ['57', 'TARGET_UNAVAILABLE'],
  ['58', 'TARGET_UNAVAILABLE'],
  ['XX', 'TARGET_UNAVAILABLE'],
];

/**
 * What pg, net or tls threw, as an error of the service's table. Only where the database speaks about the query is its
 * message passed on, without the credential.
 */
export function postgresFailure(error: unknown, forms: readonly string[]): unknown {
  if (error instanceof ServiceError) return error;
  if (!(error instanceof pg.DatabaseError)) {
    const reason = reasonOfNetworkError(error) ?? reasonOfText(error);
    return reason === undefined ? error : connectorError(reason, { cause: error });
  }
  const sqlstate = error.code ?? '';
  const reason = REASONS.find(([prefix]) => sqlstate.startsWith(prefix))?.[1] ?? 'QUERY_REFUSED';
  const metadata = { sqlstate };
  if (reason !== 'QUERY_REFUSED' && reason !== 'ACCESS_REFUSED' && reason !== 'WRITE_REFUSED') {
    return connectorError(reason, { cause: error, metadata });
  }
  const more = redactText(error.message, forms).slice(0, MAX_MESSAGE_LENGTH);
  return connectorError(reason, { cause: error, metadata, more });
}

/** pg throws plain errors without a code for some failures of the connection. */
function reasonOfText(error: unknown): Reason | undefined {
  const { message = '' } = error as { message?: string };
  if (/SSL connection/.test(message)) return 'TARGET_UNTRUSTED';
  if (/^SASL/.test(message)) return 'TARGET_MALFORMED';
  return /[Cc]onnection terminated|timeout expired|not queryable|unexpected \w+ message/.test(message)
    ? 'TARGET_UNAVAILABLE'
    : undefined;
}
