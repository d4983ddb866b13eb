import type { GetConfigurationRequest, GetConfigurationResponse } from '@switchyard/contracts/routing';
import { type Rpc, requirePermission, type UnaryHandler } from '@switchyard/service-kit';
import type { PostgresConfiguration } from '../adapters/postgres-configuration.ts';
import { configurationScope } from './configuration-scope.ts';

/**
 * ConfigurationAdminService.GetConfiguration: read from the database, so that what was just applied at another replica is in it.
 */
export const getConfiguration = (
  store: PostgresConfiguration,
): Rpc<UnaryHandler<GetConfigurationRequest, GetConfigurationResponse>> => ({
  permission: 'routing.provider.read',
  handle: async (request, { principal }) => {
    requirePermission(principal, 'routing.pool.read');
    requirePermission(principal, 'routing.policy.read');
    requirePermission(principal, 'routing.experiment.read');
    const scope = configurationScope(principal, request);
    const { version, providers, pools, policies, experiments } = await store.load('all');
    const configuration = {
      providers: inOrder(providers, scope),
      pools: inOrder(pools, scope),
      policies: policies
        .filter(({ tenant }) => scope.has(tenant))
        .toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1)),
      experiments: inOrder(experiments, scope),
    };
    return { configuration, version };
  },
});

const inOrder = <T extends { readonly id: string; readonly tenant: string }>(
  objects: readonly T[],
  scope: ReadonlySet<string>,
): T[] =>
  objects
    .filter(({ tenant }) => scope.has(tenant))
    .toSorted((a, b) => (`${a.id} ${a.tenant}` < `${b.id} ${b.tenant}` ? -1 : 1));
