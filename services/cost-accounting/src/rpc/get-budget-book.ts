import type { BudgetWindow } from '@switchyard/budget';
import type {
  BoundBudget as BoundBudgetMessage,
  BudgetWindow as BudgetWindowMessage,
  GetBudgetBookRequest,
  GetBudgetBookResponse,
} from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { BoundBudget, LeaseBook } from '../ports.ts';
import { UNIT_MESSAGES } from './budget-message.ts';

/** Gives the budgets that requests are held against, or only the version to who has them already. */
export function getBudgetBook(
  leases: Pick<LeaseBook, 'book'>,
  clock: Clock,
): UnaryHandler<GetBudgetBookRequest, GetBudgetBookResponse> {
  return async ({ knownVersion }) => {
    const nowMs = clock.wallMs();
    const { version, budgets } = await leases.book(nowMs);
    return {
      version,
      budgets: knownVersion === version ? [] : budgets.map(boundMessage),
      now: new Date(nowMs),
    };
  };
}

const boundMessage = ({ budget, windows }: BoundBudget): BoundBudgetMessage => ({
  number: BigInt(budget.number),
  id: budget.id,
  tenant: budget.tenant,
  scope: { ...budget.scope },
  unit: UNIT_MESSAGES[budget.unit],
  limit: budget.limit,
  windows: windows.map(windowMessage),
});

const windowMessage = ({ startMs, endMs }: BudgetWindow): BudgetWindowMessage => ({
  startMs: BigInt(startMs),
  endMs: Number.isFinite(endMs) ? BigInt(endMs) : undefined,
});
