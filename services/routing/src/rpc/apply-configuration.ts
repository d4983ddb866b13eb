import {
  type ApplyConfigurationRequest,
  type ApplyConfigurationResponse,
  ChangeAction,
  type ConfigurationChange,
  type Experiment,
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
import { modelNames } from '../domain/experiment/model-names.ts';
import type { PoolSurroundings } from '../domain/pool/validate-pool.ts';
import type { HostRules } from '../domain/provider/base-url.ts';
import type { SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';
import { invalidFields } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { configurationScope } from './configuration-scope.ts';
import { offeredBy } from './pool-surroundings.ts';
import { type ProviderChange, refuseDroppedModels } from './refuse-dropped-models.ts';

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
    checkVersion(request);
    const scope = configurationScope(principal, request);
    const { changes, version } = await applyPlan(store, {
      scope,
      wanted,
      others: prune ? 'remove' : 'keep',
      mode: dryRun ? 'plan' : 'write',
      actor: principal.keyId,
      expectedVersion: request.expectedVersion,
      check: ({ before, wanted: settled, result, refused }) => {
        const { parts } = snapshots;
        const violations = validateConfiguration(settled, {
          hosts,
          scope,
          result,
          surroundingsOf: surroundingsIn(result, parts),
          modelNamesOf: modelNamesIn(result, parts),
        });
        const found = [...violations, ...refused];
        if (found.length > 0) throw invalidFields(found);
        for (const change of providerChanges(before, settled))
          refuseDroppedModels(change, result.pools, parts);
      },
    });
    if (!dryRun && changes.length > 0) await link.changed();
    return { changes: changes.map(describeChange), version };
  },
});

function requireRest(principal: Principal): void {
  requirePermission(principal, 'routing.pool.write');
  requirePermission(principal, 'routing.policy.write');
  requirePermission(principal, 'routing.experiment.write');
}

function checkVersion({ expectedVersion }: ApplyConfigurationRequest): void {
  if (expectedVersion === undefined || /^\d{1,19}$/.test(expectedVersion)) return;
  throw invalidArgument({
    field: 'expected_version',
    description:
      'must be a version as GetConfiguration or a dry run gives it, such as 12; leave it out for any',
  });
}

/** The providers that are there and are wanted otherwise, or the same. */
function providerChanges(before: ConfiguredObjects, wanted: ConfiguredObjects): ProviderChange[] {
  const known = new Map(before.providers.map((provider) => [`${provider.tenant}/${provider.id}`, provider]));
  return wanted.providers.flatMap((after) => {
    const current = known.get(`${after.tenant}/${after.id}`);
    return current === undefined ? [] : [{ before: current, after }];
  });
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

/** Which model names each experiment's owner may ask for. Worked out once per owner. */
function modelNamesIn(
  { providers, pools }: ConfiguredObjects,
  parts: SnapshotParts,
): (experiment: Experiment) => ReturnType<typeof modelNames> {
  const known = new Map<string, ReturnType<typeof modelNames>>();
  return ({ tenant }) => {
    const isSeen = (one: { readonly tenant: string }) => one.tenant === '' || one.tenant === tenant;
    const names =
      known.get(tenant) ??
      modelNames({ tenant, providers: providers.filter(isSeen), pools: pools.filter(isSeen) }, parts);
    known.set(tenant, names);
    return names;
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
