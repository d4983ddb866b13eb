import type { Permission } from '@switchyard/contracts';
import { isTenantForm, ServiceError } from '@switchyard/kernel';

/** Who calls. */
export interface Principal {
  /** Id of the API key. */
  readonly keyId: string;
  /** The tenant the key acts for. */
  readonly tenant: string;
  /** Name of its role. */
  readonly role: string;
  /** Whether it may act for the installation and for every tenant. */
  readonly installation: boolean;
  readonly permissions: ReadonlySet<string>;
}

/** @throws PERMISSION_DENIED where the principal lacks a permission. */
export function requirePermission(principal: Principal, permission: Permission): void {
  if (principal.permissions.has(permission)) return;
  throw new ServiceError({
    reason: 'PERMISSION_DENIED',
    code: 'PERMISSION_DENIED',
    publicMessage: `the key's role ${principal.role} lacks the permission ${permission}`,
    metadata: { permission, role: principal.role },
  });
}

/**
 * The tenant a call is for: the one it names, else the key's own.
 *
 * @throws NOT_FOUND where it names another tenant and the key is not the installation's, so that tenants cannot be told apart from outside,
 *   and where it names what can be no tenant.
 */
export function actingTenant(principal: Principal, named: string): string {
  if (named === '' || named === principal.tenant) return principal.tenant;
  if (principal.installation && isTenantForm(named)) return named;
  throw new ServiceError({
    reason: 'TENANT_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such tenant, or the key may not act for it',
  });
}
