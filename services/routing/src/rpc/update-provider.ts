import type { Provider, UpdateProviderRequest, UpdateProviderResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { validateProvider } from '../domain/provider/validate-provider.ts';
import { invalidFields } from '../errors.ts';
import type { ProviderAdmin } from './create-provider.ts';
import { writableTenant } from './provider-admin.ts';

/** Fields that may be changed: name in the mask → name in the message. Whatever is not here cannot be written. */
const WRITABLE = {
  display_name: 'displayName',
  wire_format: 'wireFormat',
  base_url: 'baseUrl',
  credential_ref: 'credentialRef',
  catalog_id: 'catalogId',
  models: 'models',
  priority: 'priority',
  weight: 'weight',
  region: 'region',
  tags: 'tags',
  mode: 'mode',
  simulated: 'simulated',
  time_limits: 'timeLimits',
} as const satisfies Record<string, keyof Provider>;

/** ProviderAdminService.UpdateProvider */
export const updateProvider = ({
  store,
  link,
  hosts,
}: ProviderAdmin): Rpc<UnaryHandler<UpdateProviderRequest, UpdateProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ provider, updateMask }, { principal }) => {
    if (provider === undefined) throw invalidArgument({ field: 'provider', description: 'is required' });
    const { id, etag } = provider;
    const tenant = writableTenant(principal, provider.tenant, id);
    const fields = readMask(updateMask);
    const updated = await store.update({ tenant, id, etag }, (current) => {
      const changed = { ...current, ...Object.fromEntries(fields.map((field) => [field, provider[field]])) };
      const violations = validateProvider(changed, hosts);
      if (violations.length > 0) throw invalidFields(violations);
      return changed;
    });
    await link.changed();
    return { provider: updated };
  },
});

function readMask(mask: readonly string[] | undefined): (keyof Provider)[] {
  if (mask === undefined || mask.length === 0) {
    throw invalidArgument({
      field: 'update_mask',
      description: `must name the fields to change: ${Object.keys(WRITABLE).join(', ')}`,
    });
  }
  return mask.map((name) => {
    if (!Object.hasOwn(WRITABLE, name)) {
      throw invalidArgument({
        field: 'update_mask',
        description: `${name} cannot be changed; ${Object.keys(WRITABLE).join(', ')} can`,
      });
    }
    return WRITABLE[name as keyof typeof WRITABLE];
  });
}
