import type { GetProviderRequest, GetProviderResponse, Provider } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { providerNotFound } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/** ProviderAdminService.GetProvider */
export const getProvider = (
  snapshots: SnapshotHolder,
): Rpc<UnaryHandler<GetProviderRequest, GetProviderResponse>> => ({
  permission: 'routing.provider.read',
  handle: async ({ id, tenant }, { principal }) => {
    const acting = actingTenant(principal, tenant);
    const find = (owner: string): Provider | undefined =>
      snapshots.parts.providers.find((provider) => provider.id === id && provider.tenant === owner);
    const provider = find(acting) ?? find('');
    if (provider === undefined) throw providerNotFound(id);
    return { provider };
  },
});
