import type { Pool, PoolMember } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import { compositeWeightsProblem } from '../request/composite-weights-problem.ts';
import { nearNames } from '../request/near-names.ts';
import { type Check, checkRequirements } from '../request/validate-requirements.ts';
import { checkStrategy } from '../request/validate-strategy.ts';
import { AUTO, isAutoName } from './auto-names.ts';

/** What a pool's owner sees beside the pool. */
export interface PoolSurroundings {
  /** Ids of the providers. */
  readonly providers: ReadonlySet<string>;
  /** Whether a model is offered, under its id at the provider or its canonical name. */
  readonly offers: (place: { readonly provider: string; readonly model: string }) => boolean;
  /** Every model id that is offered. */
  readonly models: readonly string[];
  /** The other pools, of the owner and of the installation. */
  readonly pools: readonly Pool[];
}

const MAX_MEMBERS = 256;
const MAX_TASK_TYPES = 64;

/** Everything that is wrong with a pool, by field; empty where it is in order. */
export function validatePool(pool: Pool, surroundings: PoolSurroundings): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check: Check = (holds, field, description) => {
    if (!holds) found.push({ field: `pool.${field}`, description });
  };
  check(/^[a-z0-9_-]{1,64}$/.test(pool.id), 'id', 'must have 1 to 64 characters of a-z 0-9 - _');
  check(!isAutoName(pool.id), 'id', `${AUTO} is taken: it stands for whatever fits`);
  check(pool.tenant.length <= 64, 'tenant', 'must have at most 64 characters');
  check(pool.description.length <= 1_024, 'description', 'must have at most 1024 characters');
  checkMembers(pool, surroundings, check);
  checkStrategy(pool, check);
  const weights = compositeWeightsProblem(pool);
  check(weights === undefined, 'composite_weights', weights ?? '');
  if (pool.requirements !== undefined) {
    checkRequirements(pool.requirements, check);
    check(
      pool.requirements.taskType === '',
      'requirements.task_type',
      'belongs to requests; the kinds of task that a pool serves are its task_types',
    );
  }
  checkTaskTypes(pool, surroundings.pools, check);
  return found;
}

function checkMembers({ id, members }: Pool, surroundings: PoolSurroundings, check: Check): void {
  check(members.length <= MAX_MEMBERS, 'members', `must be at most ${MAX_MEMBERS}`);
  const bounded = members.slice(0, MAX_MEMBERS);
  const seen = new Set<string>();
  bounded.forEach((member, i) => {
    const field = `members[${i}]`;
    checkMember(member, { field, pool: id, surroundings }, check);
    const key = `${member.provider} ${member.model}`;
    check(!seen.has(key), field, 'is a member already');
    seen.add(key);
  });
  check(
    bounded.length === 0 || bounded.some(({ weight }) => weight !== 0),
    'members',
    'have a weight of 0 each; at least one must be above 0',
  );
}

interface MemberContext {
  readonly field: string;
  /** Id of the pool. */
  readonly pool: string;
  readonly surroundings: PoolSurroundings;
}

function checkMember(
  { provider, model, weight, priority }: PoolMember,
  { field, pool, surroundings }: MemberContext,
  check: Check,
): void {
  check(provider !== '' || model !== '', field, 'must name a provider, a model or both');
  const known = provider === '' || surroundings.providers.has(provider);
  check(
    known,
    `${field}.provider`,
    `there is no provider ${provider}${near(provider, surroundings.providers)}`,
  );
  check(model.length <= 256, `${field}.model`, 'must have at most 256 characters');
  const isOffered = model === '' || surroundings.offers({ provider, model });
  if (known && !isOffered)
    check(false, `${field}.model`, notOfferedWhy({ provider, model, pool }, surroundings));
  check(within(weight), `${field}.weight`, 'must be from 0 to 1000000');
  check(within(priority), `${field}.priority`, 'must be from 0 to 1000000');
}

function notOfferedWhy(
  { provider, model, pool }: { readonly provider: string; readonly model: string; readonly pool: string },
  { pools, models }: PoolSurroundings,
): string {
  if (provider === '' && (model === pool || pools.some(({ id }) => id === model)))
    return `${model} is a pool; a pool inside a pool is not offered, list its members instead`;
  const who = provider === '' ? 'no configured provider offers' : `the provider ${provider} does not offer`;
  return `${who} the model ${model}${near(model, models)}`;
}

function checkTaskTypes({ taskTypes, tenant }: Pool, pools: readonly Pool[], check: Check): void {
  check(taskTypes.length <= MAX_TASK_TYPES, 'task_types', `must be at most ${MAX_TASK_TYPES}`);
  const bounded = taskTypes.slice(0, MAX_TASK_TYPES);
  bounded.forEach((taskType, i) => {
    const field = `task_types[${i}]`;
    check(taskType.length > 0 && taskType.length <= 64, field, 'must have 1 to 64 characters');
    check(bounded.indexOf(taskType) === i, field, `${taskType} is listed twice`);
    // A tenant may serve a kind of task otherwise than the installation does, as it may have a pool of the same name.
    const other = pools.find((one) => one.tenant === tenant && one.taskTypes.includes(taskType));
    check(other === undefined, field, `${taskType} is served by the pool ${other?.id} already`);
  });
}

function near(name: string, names: Iterable<string>): string {
  const found = nearNames(name, { names });
  return found.length === 0 ? '' : `; near it: ${found.join(', ')}`;
}

const within = (value: number | undefined) =>
  value === undefined || (Number.isInteger(value) && value >= 0 && value <= 1_000_000);
