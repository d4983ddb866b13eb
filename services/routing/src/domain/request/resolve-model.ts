import { Strategy } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import type { Envelope } from '@switchyard/llm';
import { isAutoName, strategyOfAutoName } from '../pool/auto-names.ts';
import { findPool, findPoolOfTask, visiblePools } from '../pool/pool-index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { SnapshotPool } from '../snapshot/snapshot-pool.ts';
import { listNames } from './list-names.ts';
import { nearNames } from './near-names.ts';
import type { ModelSelector } from './needs.ts';

/** What a request's model and kind of task stand for. */
export type ResolvedModel =
  | {
      readonly ok: true;
      readonly selector: ModelSelector;
      /** What the name itself asks for; UNSPECIFIED where it asks for none. */
      readonly strategy: Strategy;
    }
  | { readonly ok: false; readonly violation: FieldViolation };

/** Where names are looked up. */
export interface NameScope {
  /** The tenant that asks. */
  readonly tenant: string;
  readonly snapshot: Pick<Snapshot, 'pools'>;
}

/** Finds out what a name stands for: auto, then a pool, then a model. Whether anybody offers the model is asked later. */
export function resolveModel(request: Envelope, scope: NameScope): ResolvedModel {
  const { model } = request;
  const taskType = request.requirements?.taskType ?? '';
  if (isAutoName(model)) return resolveAuto(request, taskType, scope);
  const pool = findPool(scope.snapshot.pools, { tenant: scope.tenant, id: model });
  if (taskType !== '' && pool?.taskTypes.includes(taskType) !== true)
    return refuse(
      TASK_TYPE,
      `${pool === undefined ? `${model} is no pool` : `the pool ${model} does not serve ${taskType}`}; ask for "auto", or for a pool that serves it`,
    );
  const selector: ModelSelector = pool === undefined ? { kind: 'model', model } : ofPool(pool);
  return { ok: true, selector, strategy: Strategy.UNSPECIFIED };
}

function resolveAuto(request: Envelope, taskType: string, scope: NameScope): ResolvedModel {
  const { model } = request;
  const strategy = strategyOfAutoName(model) ?? Strategy.UNSPECIFIED;
  const asked = request.strategy;
  if (strategy !== Strategy.UNSPECIFIED && asked !== Strategy.UNSPECIFIED && asked !== strategy)
    return refuse('strategy', `${model} is a strategy by itself; leave the field out, or ask for "auto"`);
  if (taskType === '') return { ok: true, selector: { kind: 'auto' }, strategy };
  const pool = findPoolOfTask(scope.snapshot.pools, { tenant: scope.tenant, taskType });
  if (pool === undefined) return refuse(TASK_TYPE, `no pool serves it${knownTasks(taskType, scope)}`);
  return { ok: true, selector: ofPool(pool), strategy };
}

const TASK_TYPE = 'requirements.task_type';

const ofPool = (pool: SnapshotPool): ModelSelector => ({ kind: 'pool', pool });

const refuse = (field: string, description: string): ResolvedModel => ({
  ok: false,
  violation: { field, description },
});

function knownTasks(taskType: string, { tenant, snapshot }: NameScope): string {
  const known = visiblePools(snapshot.pools, tenant).flatMap(({ taskTypes }) => taskTypes);
  if (known.length === 0) return '; there are no pools with task_types';
  const near = nearNames(taskType, { names: known });
  return near.length > 0 ? `; near it: ${near.join(', ')}` : `; served are ${listNames(known)}`;
}
