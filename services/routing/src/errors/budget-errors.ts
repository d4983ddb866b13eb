import { ServiceError } from '@switchyard/kernel';
import { describeBudgetRefusal, type ExceededRefusal, isHeldAway } from '../domain/budget/budget-refusal.ts';

/** A budget that has room again within this time is worth waiting for. */
const NEAR_MS = 600_000;
/** What is held may have come back after so long. */
const HELD_MS = 2_000;

/** Every candidate would exceed a hard budget; the refusal is that of the one that has room again first, and among those of the least that would do. */
export function budgetExceeded(requestId: string, refusal: ExceededRefusal): ServiceError {
  const { budget, limit, spent, leased, endMs, leftMs } = refusal;
  const waitMs = isHeldAway(refusal) ? Math.min(leftMs, HELD_MS) : leftMs;
  const isNear = waitMs <= NEAR_MS;
  return new ServiceError({
    reason: 'BUDGET_EXCEEDED',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `${describeBudgetRefusal(refusal)}. Ask for less (max_output_tokens), for a cheaper model, or have the budget raised`,
    retryable: isNear,
    ...(isNear ? { retryAfterMs: Math.max(1, Math.ceil(waitMs)) } : {}),
    metadata: {
      request_id: requestId,
      budget: budget.id,
      budget_tenant: budget.tenant,
      unit: budget.unit,
      ...(budget.tenant === '' ? {} : { limit: String(limit), spent: String(spent), held: String(leased) }),
      ...(endMs === Number.POSITIVE_INFINITY ? {} : { resets_at: new Date(endMs).toISOString() }),
    },
  });
}

/** A hard budget covers the request, and cost-accounting has not been heard of for so long that nothing may be spent. */
export const budgetsUnchecked = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'BUDGETS_UNCHECKED',
    code: 'UNAVAILABLE',
    publicMessage:
      'budgets cannot be checked now, and a hard one covers this request: cost-accounting does not answer in time; try again',
    retryable: true,
    retryAfterMs: 1_000,
    metadata: { request_id: requestId },
  });
