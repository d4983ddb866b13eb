import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type Principal } from '@switchyard/service-kit';
import { installationKeyNeeded } from '../errors.ts';
import type { TenantScope } from '../ports.ts';

/** Whose entries a request is about: one tenant's, or for keys of the installation those of all. */
export function scopeOf(
  { tenant, allTenants }: { readonly tenant: string; readonly allTenants: boolean },
  { principal, what }: { readonly principal: Principal; readonly what: string },
): TenantScope {
  if (!allTenants) return { kind: 'tenant', tenant: actingTenant(principal, tenant) };
  if (!principal.installation) throw installationKeyNeeded(what);
  if (tenant !== '')
    throw invalidArgument({ field: 'tenant', description: 'must be empty with all_tenants' });
  return { kind: 'all' };
}
