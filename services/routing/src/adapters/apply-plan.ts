import { ExperimentState } from '@switchyard/contracts/routing';
import {
  type ConfiguredObject,
  type ConfiguredObjects,
  objectKey,
  objectsOf,
} from '../domain/configuration/configured-object.ts';
import { type PlannedChange, planChanges } from '../domain/configuration/plan-changes.ts';
import { type SettledExperiments, settleExperiments } from '../domain/configuration/settle-experiments.ts';
import { experimentsNaming } from '../domain/experiment/experiments-naming.ts';
import { poolsNaming } from '../domain/pool/pools-naming.ts';
import { experimentRuns, experimentsNeedIt, providerInUse, versionMismatch } from '../errors.ts';
import { refuseTooManyOfAny } from './configuration-limits.ts';
import { type NotedChange, noteChanges } from './note-changes.ts';
import type { PostgresConfiguration } from './postgres-configuration.ts';
import { writeChanges } from './write-changes.ts';

/** What is to be applied, and how. */
export interface ApplyPlanOptions {
  /** Owners whose objects are looked after; '' for the installation. One, or the installation and others. */
  readonly scope: ReadonlySet<string>;
  readonly wanted: ConfiguredObjects;
  /** What becomes of objects of the scope that are not wanted. */
  readonly others: 'keep' | 'remove';
  readonly mode: 'plan' | 'write';
  /** Who applies it: id of the key. */
  readonly actor: string;
  /** The version that there must be before the change; undefined: any. */
  readonly expectedVersion?: string | undefined;
  /** Throws where the configuration cannot be as it would be. */
  readonly check: (planned: PlannedConfiguration) => void;
}

/** What a plan leads to. */
export interface PlannedConfiguration extends Pick<SettledExperiments, 'refused'> {
  /** Everything that there is. */
  readonly before: ConfiguredObjects;
  /** What is wanted, with experiments in the states that they will have. */
  readonly wanted: ConfiguredObjects;
  /** Everything that there will be. */
  readonly result: ConfiguredObjects;
}

/** What was done, or would be, and the version after it. */
export interface AppliedPlan {
  readonly changes: readonly PlannedChange[];
  readonly version: string;
}

/**
 * Plans the changes that bring the configuration to what is wanted, and writes them, in one transaction: all or nothing, and
 * no other change in between.
 *
 * @throws what `check` throws, and VERSION_MISMATCH where the version is not the one expected, PROVIDER_IN_USE and POOL_IN_USE where a
 *   pool or an experiment would be left without what it names, EXPERIMENT_RUNS where an experiment that runs would be removed, TOO_MANY_OBJECTS where a tenant of the scope would have more than it may, UNUSABLE_CONFIGURATION where what is there cannot be read as a whole
 */
export function applyPlan(store: PostgresConfiguration, options: ApplyPlanOptions): Promise<AppliedPlan> {
  const { scope, wanted: wished, others, mode, actor, check, expectedVersion } = options;
  const [owner = ''] = scope;
  return store.attempt(scope.has('') ? '' : owner, async (transaction) => {
    // The version counts this change already.
    const { version, ...all } = await store.read(transaction, 'all');
    const versionBefore = String(BigInt(version) - 1n);
    if (expectedVersion !== undefined && expectedVersion !== versionBefore)
      throw versionMismatch({ expected: expectedVersion, now: versionBefore });
    const current = withinScope(all, scope);
    const { experiments, refused } = settleExperiments(wished.experiments, {
      current: current.experiments,
      now: new Date(),
    });
    const wanted = { ...wished, experiments };
    const changes = planChanges({ current, wanted, others });
    const result = resultOf(all, changes);
    check({ before: all, wanted, result, refused });
    // The store counts the objects of one owner; a plan of the installation may add to tenants', too.
    refuseTooManyOfAny({ before: all, after: result });
    refuseOrphans(result, changes);
    const keep = mode === 'write' && changes.length > 0;
    if (keep) {
      await writeChanges(transaction, changes);
      await noteChanges(transaction, actor, changes.map(notedChange));
    }
    return { result: { changes, version: keep ? version : versionBefore }, keep };
  });
}

const VERBS = { add: 'create', change: 'update', remove: 'delete' } as const;

const notedChange = ({ action, object: { kind, value }, fields }: PlannedChange): NotedChange => ({
  tenant: value.tenant,
  action: `routing.${kind}.${VERBS[action]}`,
  resource: 'id' in value ? `${kind}:${value.id}` : kind,
  fields: action === 'change' ? fields.map(({ name }) => name) : [],
});

function withinScope(all: ConfiguredObjects, scope: ReadonlySet<string>): ConfiguredObjects {
  const isWithin = ({ tenant }: { readonly tenant: string }) => scope.has(tenant);
  return {
    providers: all.providers.filter(isWithin),
    pools: all.pools.filter(isWithin),
    policies: all.policies.filter(isWithin),
    experiments: all.experiments.filter(isWithin),
  };
}

/** Everything that there will be. */
function resultOf(all: ConfiguredObjects, changes: readonly PlannedChange[]): ConfiguredObjects {
  const objects = new Map<string, ConfiguredObject>(
    objectsOf(all).map((object) => [objectKey(object), object]),
  );
  for (const { action, object } of changes) {
    if (action === 'remove') objects.delete(objectKey(object));
    else objects.set(objectKey(object), object);
  }
  const values = [...objects.values()];
  return {
    providers: values.flatMap(({ kind, value }) => (kind === 'provider' ? [value] : [])),
    pools: values.flatMap(({ kind, value }) => (kind === 'pool' ? [value] : [])),
    policies: values.flatMap(({ kind, value }) => (kind === 'policy' ? [value] : [])),
    experiments: values.flatMap(({ kind, value }) => (kind === 'experiment' ? [value] : [])),
  };
}

function refuseOrphans({ pools, experiments }: ConfiguredObjects, changes: readonly PlannedChange[]): void {
  for (const { action, object } of changes) {
    if (action !== 'remove') continue;
    if (object.kind === 'experiment' && object.value.state === ExperimentState.RUNNING)
      throw experimentRuns(object.value.id);
    if (object.kind !== 'provider' && object.kind !== 'pool') continue;
    const { kind, value } = object;
    const divided = experimentsNaming(experiments, { kind, tenant: value.tenant, id: value.id });
    if (divided.length > 0) throw experimentsNeedIt({ kind, id: value.id }, divided);
    if (object.kind !== 'provider') continue;
    const naming = poolsNaming(pools, object.value);
    if (naming.length > 0) throw providerInUse(object.value.id, naming);
  }
}
