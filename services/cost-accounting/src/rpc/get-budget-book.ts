import type { BudgetWindow } from '@switchyard/budget';
import type {
  BoundBudget as BoundBudgetMessage,
  BudgetDowngrade,
  BudgetWindow as BudgetWindowMessage,
  GetBudgetBookRequest,
  GetBudgetBookResponse,
} from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { DowngradeInForce } from '../domain/budget/downgrades.ts';
import type { BoundBudget, LeaseBook } from '../ports.ts';
import { UNIT_MESSAGES } from './budget-message.ts';

/** Gives the budgets that requests are held against, or only the version to who has them already. */
export function getBudgetBook(
  leases: Pick<LeaseBook, 'book'>,
  clock: Clock,
): UnaryHandler<GetBudgetBookRequest, GetBudgetBookResponse> {
  return async ({ knownVersion }) => {
    const nowMs = clock.wallMs();
    const { version, budgets, downgrades } = await leases.book(nowMs);
    const isKnown = knownVersion === version;
    return {
      version,
      budgets: isKnown ? [] : budgets.map(boundMessage),
      downgrades: isKnown ? [] : downgrades.map(downgradeMessage),
      now: new Date(nowMs),
    };
  };
}

const boundMessage = ({ budget, windows }: BoundBudget): BoundBudgetMessage => ({
  number: BigInt(budget.number),
  id: budget.throttle === undefined ? budget.id : (budget.id.split('@')[0] ?? ''),
  tenant: budget.tenant,
  scope: { ...budget.scope },
  unit: UNIT_MESSAGES[budget.unit],
  limit: budget.limit,
  windows: windows.map(windowMessage),
  throttledAtPercent: budget.throttle?.atPercent ?? 0,
});

const downgradeMessage = ({ budget, action, endMs }: DowngradeInForce): BudgetDowngrade => ({
  ...{ budget: budget.id, tenant: budget.tenant, keyId: budget.scope.keyId },
  ...{ atPercent: action.atPercent, model: action.model, strategy: action.strategy },
  endMs: Number.isFinite(endMs) ? BigInt(endMs) : undefined,
});

const windowMessage = ({ startMs, endMs }: BudgetWindow): BudgetWindowMessage => ({
  startMs: BigInt(startMs),
  endMs: Number.isFinite(endMs) ? BigInt(endMs) : undefined,
});
