import { actingTenant, type Principal } from '@switchyard/service-kit';
import { INSTALLATION, ownerFromTheWire } from '../domain/ownership.ts';
import { installationKeyNeeded } from '../errors.ts';

/** Whose own things a caller has: the installation's or its tenant's. */
export const ownerOfCaller = (principal: Principal): string =>
  principal.installation ? INSTALLATION : principal.tenant;

/**
 * The owner that a call names, where an empty text stands for the installation.
 *
 * @param what things of the installation, for the text of the error
 * @throws PERMISSION_DENIED for the installation without a key of it; NOT_FOUND for another tenant
 */
export function namedOwner(principal: Principal, { tenant, what }: { tenant: string; what: string }): string {
  const owner = ownerFromTheWire(tenant);
  if (owner !== INSTALLATION) return actingTenant(principal, owner);
  if (!principal.installation) throw installationKeyNeeded(what);
  return owner;
}
