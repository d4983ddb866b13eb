import type { ServiceError } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import { installationKeyNeeded } from '../errors.ts';

/** What a caller wants to change. */
export interface Owned {
  /** "provider", "pool", "policy" or "experiment". */
  readonly what: string;
  /** The tenant that the caller names as its owner; '' for the installation. */
  readonly tenant: string;
  /** What the caller is told where it is another tenant's. */
  readonly notFound: ServiceError;
}

/** The owner of something that is to be changed. @throws where the caller may not change it */
export function writableTenant(
  { tenant, installation }: Principal,
  { what, tenant: named, notFound }: Owned,
): string {
  if (named === tenant || installation) return named;
  throw named === '' ? installationKeyNeeded(what, tenant) : notFound;
}
