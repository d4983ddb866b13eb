import { actingTenant, type Principal } from '@switchyard/service-kit';

/** Owners whose configuration a caller may change: of the one tenant that it names, else its own and, where it may, the installation's (''). */
export function configurationScope(
  principal: Principal,
  { tenant }: { readonly tenant?: string | undefined },
): ReadonlySet<string> {
  if (tenant !== undefined && tenant !== '') return new Set([actingTenant(principal, tenant)]);
  return new Set(principal.installation ? ['', principal.tenant] : [principal.tenant]);
}
