import type { CreateProviderRequest, CreateProviderResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresProviders } from '../adapters/postgres-providers.ts';
import type { HostRules } from '../domain/provider/base-url.ts';
import { validateProvider } from '../domain/provider/validate-provider.ts';
import { invalidFields, providerNotFound } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { writableTenant } from './writable-tenant.ts';

/** What provider administration stands on. */
export interface ProviderAdmin {
  readonly providers: PostgresProviders;
  readonly link: ConfigurationLink;
  readonly hosts: HostRules;
  readonly snapshots: SnapshotHolder;
}

/** ProviderAdminService.CreateProvider */
export const createProvider = ({
  providers,
  link,
  hosts,
}: ProviderAdmin): Rpc<UnaryHandler<CreateProviderRequest, CreateProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ provider }, { principal }) => {
    if (provider === undefined) throw invalidArgument({ field: 'provider', description: 'is required' });
    const { id, tenant } = provider;
    writableTenant(principal, { what: 'provider', tenant, notFound: providerNotFound(id) });
    const violations = validateProvider(provider, hosts);
    if (violations.length > 0) throw invalidFields(violations);
    const created = await providers.create(provider, principal.keyId);
    await link.changed();
    return { provider: created };
  },
});
