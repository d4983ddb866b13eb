import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type Principal } from '@switchyard/service-kit';
import { seesEverybody } from '../domain/visibility.ts';
import { providerNotFound } from '../errors.ts';
import type { Shown } from '../ports.ts';
import type { HealthTable } from '../runtime/health-table.ts';

/** What a caller asks to see. */
export interface Asked {
  /** '' for all that the caller may see. */
  readonly provider: string;
  /** Owner of the provider, '' for the installation. */
  readonly tenant: string;
}

/** Whose rows a caller is shown: one provider's, or all that it may see. @throws PROVIDER_NOT_FOUND, INVALID_ARGUMENT */
export function shownTo(principal: Principal, { provider, tenant }: Asked, table: HealthTable): Shown {
  if (provider !== '') {
    const owner = tenant === '' ? '' : actingTenant(principal, tenant);
    if (table.get({ tenant: owner, provider }) === undefined) throw providerNotFound();
    return { tenants: [owner], provider };
  }
  if (tenant !== '') {
    throw invalidArgument({ field: 'tenant', description: 'goes with a provider; leave both out for all' });
  }
  return { tenants: seesEverybody(principal) ? undefined : ['', principal.tenant], provider: '' };
}
