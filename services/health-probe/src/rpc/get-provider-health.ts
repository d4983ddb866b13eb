import type { GetProviderHealthRequest, GetProviderHealthResponse } from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import { providerNotFound } from '../errors.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { detailedHealthMessage, type Figures } from './health-message.ts';

/** Gives the health of one provider: the installation's, or that of a tenant whom the caller may act for. */
export function getProviderHealth({
  table,
  ...figures
}: Figures & { readonly table: HealthTable }): UnaryHandler<
  GetProviderHealthRequest,
  GetProviderHealthResponse
> {
  return async ({ provider, tenant }, { principal }) => {
    if (provider === '') throw invalidArgument({ field: 'provider', description: 'is required' });
    const owner = tenant === '' ? '' : actingTenant(principal, tenant);
    const record = table.get({ tenant: owner, provider });
    if (record === undefined) throw providerNotFound();
    return { health: detailedHealthMessage(record, figures) };
  };
}
