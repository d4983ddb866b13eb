import { type FieldViolation, invalidArgument, ServiceError } from '@switchyard/kernel';
import type { OpenFailure } from './domain/envelope.ts';

/** Every failure of this service besides those of service-kit: reason, code, whether to try again, public message. */

export const secretNotFound = () =>
  new ServiceError({
    reason: 'SECRET_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such secret',
  });

export const apiKeyNotFound = () =>
  new ServiceError({
    reason: 'API_KEY_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such API key',
  });

/** The key that was asked for; service-kit has the same reason, marked, for the key of the caller itself. */
export const keyUnknown = () =>
  new ServiceError({
    reason: 'KEY_UNKNOWN',
    code: 'UNAUTHENTICATED',
    publicMessage: 'the API key is unknown, expired or revoked',
  });

export const apiKeyEnded = () =>
  new ServiceError({
    reason: 'API_KEY_ENDED',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'the API key is expired or revoked; create a new one',
  });

export const installationKeyNeeded = (what: string) =>
  new ServiceError({
    reason: 'INSTALLATION_KEY_NEEDED',
    code: 'PERMISSION_DENIED',
    publicMessage: `${what} need a key of the installation; name your own tenant instead`,
  });

export const grantExceedsCreator = (permission: string) =>
  new ServiceError({
    reason: 'GRANT_EXCEEDS_CREATOR',
    code: 'PERMISSION_DENIED',
    publicMessage: `a key never exceeds its creator, which lacks the permission ${permission}`,
    metadata: { permission },
  });

export const serviceKeyNotRotatable = () =>
  new ServiceError({
    reason: 'SERVICE_KEY_NOT_ROTATABLE',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'keys of services come with the configuration; change CREDENTIAL_BOOTSTRAP_KEYS',
  });

/** What is not in the audit log does not happen. */
export const auditUnavailable = (cause: unknown) =>
  new ServiceError({
    reason: 'AUDIT_UNAVAILABLE',
    code: 'UNAVAILABLE',
    publicMessage: 'the audit log cannot be written now, so this is refused; try again',
    retryable: true,
    retryAfterMs: 1_000,
    cause,
  });

/** A stored secret that does not open. */
export function secretUnreadable(failure: OpenFailure): ServiceError {
  switch (failure) {
    case 'kek_missing':
      return new ServiceError({
        reason: 'KEK_MISSING',
        code: 'FAILED_PRECONDITION',
        publicMessage: 'the key-encryption key of this secret is not configured',
      });
    case 'not_authentic':
      return new ServiceError({
        reason: 'SECRET_NOT_AUTHENTIC',
        code: 'DATA_LOSS',
        publicMessage: 'the stored secret was changed or belongs to another record; store it again',
      });
    default:
      return failure satisfies never;
  }
}

/** @throws INVALID_ARGUMENT that names every field that is wrong */
export function refuseViolations(...checks: readonly (FieldViolation | undefined)[]): void {
  const [first, ...rest] = checks.filter((check) => check !== undefined);
  if (first !== undefined) throw invalidArgument(first, ...rest);
}
