import type { DeleteProviderRequest, DeleteProviderResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { providerNotFound } from '../errors.ts';
import type { ProviderAdmin } from './create-provider.ts';
import { writableTenant } from './writable-tenant.ts';

/** ProviderAdminService.DeleteProvider */
export const deleteProvider = ({
  providers,
  link,
}: ProviderAdmin): Rpc<UnaryHandler<DeleteProviderRequest, DeleteProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ id, tenant, etag }, { principal }) => {
    const owner = writableTenant(principal, { what: 'provider', tenant, notFound: providerNotFound(id) });
    await providers.delete({ tenant: owner, id, etag, actor: principal.keyId });
    await link.changed();
    return {};
  },
});
