import {
  type ApplyConfigurationRequest,
  type ApplyConfigurationResponse,
  ChangeAction,
  type ConfigurationChange,
  type Pool,
} from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import { type Principal, type Rpc, requirePermission, type UnaryHandler } from '@switchyard/service-kit';
import { applyPlan } from '../adapters/apply-plan.ts';
import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresConfiguration } from '../adapters/postgres-configuration.ts';
import type { ConfiguredObjects } from '../domain/configuration/configured-object.ts';
import type { PlannedChange } from '../domain/configuration/plan-changes.ts';
import { validateConfiguration } from '../domain/configuration/validate-configuration.ts';
import type { PoolSurroundings } from '../domain/pool/validate-pool.ts';
import type { HostRules } from '../domain/provider/base-url.ts';
import type { SnapshotParts } from '../domain/snapshot/build-snapshot.ts';
import { invalidFields } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { configurationScope } from './configuration-scope.ts';
import { offeredBy } from './pool-surroundings.ts';

/** What administration of the whole configuration stands on. */
export interface ConfigurationAdmin {
  readonly configuration: PostgresConfiguration;
  readonly link: ConfigurationLink;
  readonly snapshots: SnapshotHolder;
  readonly hosts: HostRules;
}

/** ConfigurationAdminService.ApplyConfiguration */
export const applyConfiguration = ({
  configuration: store,
  link,
  snapshots,
  hosts,
}: ConfigurationAdmin): Rpc<UnaryHandler<ApplyConfigurationRequest, ApplyConfigurationResponse>> => ({
  permission: 'routing.provider.write',
  handle: async (request, { principal }) => {
    const { configuration: wanted, prune, dryRun } = request;
    if (wanted === undefined) throw invalidArgument({ field: 'configuration', description: 'is required' });
    requireRest(principal);
    const scope = configurationScope(principal, request);
    const { changes, version } = await applyPlan(store, {
      scope,
      wanted,
      others: prune ? 'remove' : 'keep',
      mode: dryRun ? 'plan' : 'write',
      check: (result) => {
        const surroundingsOf = surroundingsIn(result, snapshots.parts);
        const violations = validateConfiguration(wanted, { hosts, scope, result, surroundingsOf });
        if (violations.length > 0) throw invalidFields(violations);
      },
    });
    if (!dryRun && changes.length > 0) await link.changed();
    return { changes: changes.map(describeChange), version };
  },
});

function requireRest(principal: Principal): void {
  requirePermission(principal, 'routing.pool.write');
  requirePermission(principal, 'routing.policy.write');
}

/** What each pool stands beside. What is offered is worked out once per owner. */
function surroundingsIn(
  { providers, pools }: ConfiguredObjects,
  parts: SnapshotParts,
): (pool: Pool) => PoolSurroundings {
  const offered = new Map<string, Omit<PoolSurroundings, 'pools'>>();
  return ({ id, tenant }) => {
    const isSeen = (one: { readonly tenant: string }) => one.tenant === '' || one.tenant === tenant;
    let ofOwner = offered.get(tenant);
    if (ofOwner === undefined) {
      ofOwner = offeredBy(providers.filter(isSeen), parts);
      offered.set(tenant, ofOwner);
    }
    return { ...ofOwner, pools: pools.filter((one) => isSeen(one) && one.id !== id) };
  };
}

const ACTIONS = {
  add: ChangeAction.ADDED,
  change: ChangeAction.CHANGED,
  remove: ChangeAction.REMOVED,
} as const;

function describeChange({ action, object, fields }: PlannedChange): ConfigurationChange {
  const { kind, value } = object;
  return {
    kind,
    tenant: value.tenant,
    id: 'id' in value ? value.id : '',
    action: ACTIONS[action],
    fields: fields.map(({ name, before = '', after = '' }) => ({ name, before, after })),
  };
}
