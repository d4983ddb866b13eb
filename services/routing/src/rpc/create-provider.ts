import type { CreateProviderRequest, CreateProviderResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { PostgresProviders } from '../adapters/postgres-providers.ts';
import type { ProvidersLink } from '../adapters/providers-link.ts';
import type { HostRules } from '../domain/provider/base-url.ts';
import { validateProvider } from '../domain/provider/validate-provider.ts';
import { invalidFields } from '../errors.ts';
import { writableTenant } from './provider-admin.ts';

/** What provider administration stands on. */
export interface ProviderAdmin {
  readonly store: PostgresProviders;
  readonly link: ProvidersLink;
  readonly hosts: HostRules;
}

/** ProviderAdminService.CreateProvider */
export const createProvider = ({
  store,
  link,
  hosts,
}: ProviderAdmin): Rpc<UnaryHandler<CreateProviderRequest, CreateProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ provider }, { principal }) => {
    if (provider === undefined) throw invalidArgument({ field: 'provider', description: 'is required' });
    writableTenant(principal, provider.tenant, provider.id);
    const violations = validateProvider(provider, hosts);
    if (violations.length > 0) throw invalidFields(violations);
    const created = await store.create(provider);
    await link.changed();
    return { provider: created };
  },
});
