import type { DeleteProviderRequest, DeleteProviderResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ProviderAdmin } from './create-provider.ts';
import { writableTenant } from './provider-admin.ts';

/** ProviderAdminService.DeleteProvider */
export const deleteProvider = ({
  store,
  link,
}: ProviderAdmin): Rpc<UnaryHandler<DeleteProviderRequest, DeleteProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ id, tenant, etag }, { principal }) => {
    await store.delete({ tenant: writableTenant(principal, tenant, id), id, etag });
    await link.changed();
    return {};
  },
});
