import { Purpose, RequestPriority } from '@switchyard/contracts/routing';
import { type FieldViolation, isTenantForm, TENANT_RULE } from '@switchyard/kernel';
import type { Envelope, Operation } from '@switchyard/llm';
import { checkCacheOptions } from '../cache/check-cache-policy.ts';
import { checkHedgeRule } from '../failover/check-hedge-rule.ts';
import { checkOperation } from '../operation/operations.ts';
import { type Check, checkRequirements } from './validate-requirements.ts';
import { checkStrategy } from './validate-strategy.ts';

const MAX_LABELS = 16;
const MAX_NAME = 128;

/** Everything that is wrong with a request, by field; empty where it is in order. */
export function validateRequest(operation: Operation): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check = (holds: boolean, field: string, description: string) => {
    if (!holds) found.push({ field, description });
  };
  const { request } = operation;
  check(
    request.model.length > 0 && request.model.length <= 256,
    'model',
    'must have 1 to 256 characters: a pool, a model id, provider/model, or auto',
  );
  check(request.user.length <= 256, 'user', 'must have at most 256 characters');
  checkOperation(operation, check);
  checkStrategy(request, check);
  checkPurpose(request, check);
  checkPriority(request, check);
  checkNeeds(request, check);
  checkContext(request, check);
  checkCache(request, check);
  if (operation.kind === 'chat') {
    checkHedge(operation.request, check);
    checkWrongKey(operation.request, check);
  }
  return found;
}

function checkPurpose({ purpose }: Envelope, check: Check): void {
  check(
    purpose === Purpose.UNSPECIFIED || purpose === Purpose.USER_REQUEST || purpose === Purpose.PROBE,
    'purpose',
    'must be PURPOSE_USER_REQUEST or PURPOSE_PROBE',
  );
}

function checkWrongKey({ wrongKey, purpose }: Operation<'chat'>['request'], check: Check): void {
  check(!wrongKey || purpose === Purpose.PROBE, 'wrong_key', 'goes with PURPOSE_PROBE alone');
}

function checkPriority({ priority = RequestPriority.UNSPECIFIED }: Envelope, check: Check): void {
  check(
    priority >= RequestPriority.UNSPECIFIED && priority <= RequestPriority.LOW,
    'priority',
    'must be REQUEST_PRIORITY_HIGH, NORMAL or LOW',
  );
}

function checkNeeds({ requirements, failover }: Envelope, check: Check): void {
  const fallbacks = failover?.maxFallbacks;
  check(
    fallbacks === undefined || (fallbacks >= 0 && fallbacks <= 10),
    'failover.max_fallbacks',
    'must be from 0 to 10',
  );
  const retries = failover?.maxRetries;
  check(
    retries === undefined || (retries >= 0 && retries <= 5),
    'failover.max_retries',
    'must be from 0 to 5',
  );
  if (requirements !== undefined) checkRequirements(requirements, check);
}

function checkCache({ cache }: Envelope, check: Check): void {
  if (cache !== undefined) checkCacheOptions(cache, check);
}

function checkHedge({ hedge }: Operation<'chat'>['request'], check: Check): void {
  if (hedge !== undefined) checkHedgeRule(hedge, check);
}

function checkContext({ context, labels }: Envelope, check: Check): void {
  for (const [name, value] of Object.entries(context ?? {})) {
    if (typeof value === 'string')
      check(value.length <= MAX_NAME, `context.${name}`, `must have at most ${MAX_NAME} characters`);
  }
  const tenant = context?.tenant ?? '';
  check(tenant === '' || isTenantForm(tenant), 'context.tenant', TENANT_RULE);
  const entries = Object.entries(labels);
  check(entries.length <= MAX_LABELS, 'labels', `must be at most ${MAX_LABELS}`);
  for (const [name, value] of entries) {
    check(
      name.length <= MAX_NAME && value.length <= MAX_NAME,
      `labels.${name.slice(0, MAX_NAME)}`,
      `name and value must have at most ${MAX_NAME} characters`,
    );
  }
}
