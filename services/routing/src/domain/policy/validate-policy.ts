import type { Policy } from '@switchyard/contracts/routing';
import { type FieldViolation, isTenantForm, TENANT_RULE } from '@switchyard/kernel';
import { checkCachePolicy } from '../cache/check-cache-policy.ts';
import { checkHedgeRule } from '../failover/check-hedge-rule.ts';
import { compositeWeightsProblem } from '../request/composite-weights-problem.ts';
import { type Check, checkRequirements } from '../request/validate-requirements.ts';
import { checkStrategy } from '../request/validate-strategy.ts';

/** Everything that is wrong with a policy, by field; empty where it is in order. */
export function validatePolicy(policy: Policy): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check: Check = (holds, field, description) => {
    if (!holds) found.push({ field: `policy.${field}`, description });
  };
  check(policy.tenant === '' || isTenantForm(policy.tenant), 'tenant', TENANT_RULE);
  checkStrategy(policy, check);
  const weights = compositeWeightsProblem(policy);
  check(weights === undefined, 'composite_weights', weights ?? '');
  if (policy.cache !== undefined) checkCachePolicy(policy.cache, check);
  if (policy.hedge !== undefined) checkHedgeRule(policy.hedge, check);
  if (policy.requirements === undefined) return found;
  checkRequirements(policy.requirements, check);
  check(
    policy.requirements.taskType === '',
    'requirements.task_type',
    'belongs to requests; which pool serves a kind of task is said by the pool’s task_types',
  );
  return found;
}
