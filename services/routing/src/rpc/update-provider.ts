import type { Provider, UpdateProviderRequest, UpdateProviderResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { validateProvider } from '../domain/provider/validate-provider.ts';
import { invalidFields, providerNotFound } from '../errors.ts';
import type { ProviderAdmin } from './create-provider.ts';
import { readMask, withFields } from './read-mask.ts';
import { refuseDroppedModels } from './refuse-dropped-models.ts';
import { writableTenant } from './writable-tenant.ts';

/** What is told of a provider, or names it. */
type Told = 'id' | 'tenant' | 'etag' | 'createdAt' | 'updatedAt' | '_unknownFields';
type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : '';

const WRITABLE: { readonly [Field in Exclude<keyof Provider, Told> as SnakeCase<Field>]: Field } = {
  display_name: 'displayName',
  wire_format: 'wireFormat',
  base_url: 'baseUrl',
  auth_style: 'authStyle',
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
  endpoints: 'endpoints',
  headers: 'headers',
  limits: 'limits',
  probe_kind: 'probeKind',
  batches: 'batches',
};

/** ProviderAdminService.UpdateProvider */
export const updateProvider = ({
  providers,
  link,
  hosts,
  snapshots,
}: ProviderAdmin): Rpc<UnaryHandler<UpdateProviderRequest, UpdateProviderResponse>> => ({
  permission: 'routing.provider.write',
  handle: async ({ provider, updateMask }, { principal }) => {
    if (provider === undefined) throw invalidArgument({ field: 'provider', description: 'is required' });
    const { id, etag } = provider;
    const tenant = writableTenant(principal, {
      what: 'provider',
      tenant: provider.tenant,
      notFound: providerNotFound(id),
    });
    const fields = readMask<Provider>(updateMask, WRITABLE);
    const address = { tenant, id, etag, actor: principal.keyId, fields: updateMask ?? [] };
    const updated = await providers.update(address, (current, pools) => {
      const changed = withFields(current, provider, fields);
      const violations = validateProvider(changed, hosts);
      if (violations.length > 0) throw invalidFields(violations);
      refuseDroppedModels({ before: current, after: changed }, pools, snapshots.parts);
      return changed;
    });
    await link.changed();
    return { provider: updated };
  },
});
