import { ServiceError } from '@switchyard/kernel';

/** A tenant, or the installation, has as many objects of a kind as it may have. */
export const tooManyObjects = ({
  tenant,
  kind,
  max,
}: {
  tenant: string;
  kind: string;
  max: number;
}): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_OBJECTS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `${tenant === '' ? 'the installation' : `tenant ${tenant}`} may have ${max} ${kind}; remove one that is not needed`,
    metadata: { kind, max: String(max) },
  });

/** What the database has cannot be used as a whole. */
export const unusableConfiguration = (why: string, cause?: unknown): ServiceError =>
  new ServiceError({
    reason: UNUSABLE_CONFIGURATION,
    code: 'FAILED_PRECONDITION',
    publicMessage: `the configuration cannot be used: ${why}; the last good one serves on until that is changed`,
    cause,
  });

/** Whether an error is one of {@link unusableConfiguration}. */
export const isUnusableConfiguration = (error: unknown): boolean =>
  error instanceof ServiceError && error.reason === UNUSABLE_CONFIGURATION;

const UNUSABLE_CONFIGURATION = 'UNUSABLE_CONFIGURATION';

/** Somebody else changed it in between. */
export const etagMismatch = (what: string): ServiceError =>
  new ServiceError({
    reason: 'ETAG_MISMATCH',
    code: 'ABORTED',
    publicMessage: `${what} has changed since it was read; read it again and repeat the change`,
  });

/** The configuration is not the one that the change was made for. */
export const versionMismatch = ({ expected, now }: { expected: string; now: string }): ServiceError =>
  new ServiceError({
    reason: 'VERSION_MISMATCH',
    code: 'ABORTED',
    publicMessage: `the configuration is at version ${now}, not at ${expected} as expected: it has been changed since; export again, look at what changed, apply again`,
    metadata: { expected_version: expected, version: now },
  });

/** Something of the installation is to be changed with a key of a tenant. */
export const installationKeyNeeded = (what: string, tenant: string): ServiceError =>
  new ServiceError({
    reason: 'INSTALLATION_KEY_NEEDED',
    code: 'PERMISSION_DENIED',
    publicMessage: `a ${what} of the installation needs a key of the installation; set tenant to ${tenant} for one of your own`,
  });

/** No such tenant for this caller. */
export const tenantNotFound = (): ServiceError =>
  new ServiceError({
    reason: 'TENANT_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage:
      'there is no such tenant, or the key may not act for it; leave tenant out for the key’s own, or use a key of the installation',
  });
