import type { Pool, PoolMember } from '@switchyard/contracts/routing';
import { type FieldViolation, isTenantForm, TENANT_RULE } from '@switchyard/kernel';
import { checkCachePolicy } from '../cache/check-cache-policy.ts';
import { checkHedgeRule } from '../failover/check-hedge-rule.ts';
import { compositeWeightsProblem } from '../request/composite-weights-problem.ts';
import { Suggestions } from '../request/suggestions.ts';
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
  /** Shared by pools that are checked together. Default: the pool's own. */
  readonly suggestions?: Suggestions;
}

const MAX_MEMBERS = 256;
const MAX_TASK_TYPES = 64;
/** Enough is wrong: no more is looked for. */
const MAX_VIOLATIONS = 100;

/** Everything that is wrong with a pool, by field, the first 100; empty where it is in order. */
export function validatePool(pool: Pool, surroundings: PoolSurroundings): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check: Check = (holds, field, description) => {
    if (!holds && found.length < MAX_VIOLATIONS) found.push({ field: `pool.${field}`, description });
  };
  check(/^[a-z0-9_-]{1,64}$/.test(pool.id), 'id', 'must have 1 to 64 characters of a-z 0-9 - _');
  check(!isAutoName(pool.id), 'id', `${AUTO} is taken: it stands for whatever fits`);
  check(pool.tenant === '' || isTenantForm(pool.tenant), 'tenant', TENANT_RULE);
  check(pool.description.length <= 1_024, 'description', 'must have at most 1024 characters');
  const suggestions = surroundings.suggestions ?? new Suggestions();
  const isEnough = () => found.length >= MAX_VIOLATIONS;
  checkMembers(pool, { surroundings, suggestions, isEnough }, check);
  checkBaseline(pool, { surroundings, suggestions, isEnough }, check);
  checkStrategy(pool, check);
  const weights = compositeWeightsProblem(pool);
  check(weights === undefined, 'composite_weights', weights ?? '');
  if (pool.cache !== undefined) checkCachePolicy(pool.cache, check);
  if (pool.hedge !== undefined) checkHedgeRule(pool.hedge, check);
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

interface CheckContext {
  readonly surroundings: PoolSurroundings;
  readonly suggestions: Suggestions;
  /** Whether so much is wrong that no more is looked for. */
  readonly isEnough: () => boolean;
}

function checkMembers({ id, members }: Pool, context: CheckContext, check: Check): void {
  check(members.length <= MAX_MEMBERS, 'members', `must be at most ${MAX_MEMBERS}`);
  const bounded = members.slice(0, MAX_MEMBERS);
  const seen = new Set<string>();
  for (const [i, member] of bounded.entries()) {
    if (context.isEnough()) return;
    const field = `members[${i}]`;
    checkMember(member, { ...context, field, pool: id }, check);
    const key = `${member.provider} ${member.model}`;
    check(!seen.has(key), field, 'is a member already');
    seen.add(key);
  }
  check(
    bounded.length === 0 || bounded.some(({ weight }) => weight !== 0),
    'members',
    'have a weight of 0 each; at least one must be above 0',
  );
}

function checkBaseline({ id, baseline }: Pool, context: CheckContext, check: Check): void {
  if (baseline === undefined) return;
  const { provider, model, weight, priority } = baseline;
  check(provider !== '' && model !== '', 'baseline', 'must name a provider and a model');
  check(weight === undefined, 'baseline.weight', 'is for members; leave it out');
  check(priority === undefined, 'baseline.priority', 'is for members; leave it out');
  if (provider !== '' && model !== '')
    checkMember(baseline, { ...context, field: 'baseline', pool: id }, check);
}

interface MemberContext extends CheckContext {
  readonly field: string;
  /** Id of the pool. */
  readonly pool: string;
}

function checkMember(
  { provider, model, weight, priority }: PoolMember,
  context: MemberContext,
  check: Check,
): void {
  const { field, surroundings, suggestions } = context;
  check(provider !== '' || model !== '', field, 'must name a provider, a model or both');
  const known = provider === '' || surroundings.providers.has(provider);
  if (!known) {
    const near = suggestions.near(provider, surroundings.providers);
    check(false, `${field}.provider`, `there is no provider ${provider}${near}`);
  }
  check(model.length <= 256, `${field}.model`, 'must have at most 256 characters');
  const isOffered = model === '' || surroundings.offers({ provider, model });
  if (known && !isOffered) check(false, `${field}.model`, notOfferedWhy({ provider, model }, context));
  check(within(weight), `${field}.weight`, 'must be from 0 to 1000000');
  check(within(priority), `${field}.priority`, 'must be from 0 to 1000000');
}

function notOfferedWhy(
  { provider, model }: Pick<PoolMember, 'provider' | 'model'>,
  { pool, surroundings: { pools, models }, suggestions }: MemberContext,
): string {
  if (provider === '' && (model === pool || pools.some(({ id }) => id === model)))
    return `${model} is a pool; a pool inside a pool is not offered, list its members instead`;
  const who = provider === '' ? 'no configured provider offers' : `the provider ${provider} does not offer`;
  return `${who} the model ${model}${suggestions.near(model, models)}`;
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

const within = (value: number | undefined) =>
  value === undefined || (Number.isInteger(value) && value >= 0 && value <= 1_000_000);
