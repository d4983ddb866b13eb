import type {
  BudgetAction as ActionMessage,
  BudgetActions,
  BudgetScope as ScopeMessage,
} from '@switchyard/contracts/cost';
import { Strategy } from '@switchyard/contracts/routing';
import { strategyName } from '@switchyard/contracts/strategy-names';
import { err, type FieldViolation, ok, type Result, unreachable } from '@switchyard/kernel';
import type { BudgetScope } from './budget.ts';
import type { BudgetAction } from './budget-action.ts';

const MAX_ACTIONS = 10;
const MAX_PERCENT = 1_000;
const MAX_RATE = 1_000_000;
const MAX_NAME = 512;
/** What the model names that are a strategy by themselves begin with: `auto:cheapest`. */
const AUTO_STRATEGY = 'auto:';
const SAID_BY_CALLERS =
  'binds nobody where the budget is of what callers say of themselves (service, agent, workflow): limit a key';
const TOO_LATE =
  'needs a budget of all, of a tenant or of a key: which provider or model serves is known too late';

/** Where actions stand in a request, and what the budget is for. */
export interface ActionsPlace {
  /** For example `budget.actions`. */
  readonly field: string;
  readonly scope: BudgetScope | ScopeMessage;
}

/** Reads what a budget does; all that is wrong is named by its field. */
export function readActions(
  { actions }: Pick<BudgetActions, 'actions'>,
  { field, scope }: ActionsPlace,
): Result<readonly BudgetAction[], readonly FieldViolation[]> {
  if (actions.length > MAX_ACTIONS) return err([{ field, description: `must be at most ${MAX_ACTIONS}` }]);
  const violations: FieldViolation[] = [];
  const read = actions.flatMap((message, i) => {
    const wrong = (name: string, description: string) =>
      violations.push({ field: `${field}[${i}]${name}`, description });
    const before = actions[i - 1]?.atPercent ?? 1;
    if (message.atPercent < Math.max(1, before) || message.atPercent > MAX_PERCENT)
      wrong('.at_percent', `must be from 1 to ${MAX_PERCENT}, and not fall`);
    if (scope.service !== '' || scope.agent !== '' || scope.workflow !== '') wrong('', SAID_BY_CALLERS);
    const isTwice = (one: ActionMessage, j: number) =>
      j < i && one.atPercent === message.atPercent && one.action?.$case === message.action?.$case;
    if (actions.some(isTwice)) wrong('', 'is there twice: at one percent each is done once');
    const action = readAction(message, { scope, wrong });
    return action === undefined ? [] : [action];
  });
  return violations.length === 0 ? ok(read) : err(violations);
}

interface Reading {
  readonly scope: ActionsPlace['scope'];
  readonly wrong: (name: string, description: string) => void;
}

function readAction(
  { atPercent, action }: ActionMessage,
  { scope, wrong }: Reading,
): BudgetAction | undefined {
  if (action === undefined) {
    wrong('', 'must be downgrade or throttle');
    return undefined;
  }
  switch (action.$case) {
    case 'downgrade': {
      const { model } = action.value;
      const strategy = action.value.strategy || (model === '' ? Strategy.COST : Strategy.UNSPECIFIED);
      if (scope.provider !== '' || scope.model !== '') wrong('.downgrade', TOO_LATE);
      if (model.length > MAX_NAME || model.includes('\0'))
        wrong('.downgrade.model', `must have at most ${MAX_NAME} characters and no NUL`);
      if (strategy !== Strategy.UNSPECIFIED && strategyName(strategy) === undefined)
        wrong('.downgrade.strategy', 'is not known');
      if (model.startsWith(AUTO_STRATEGY) && action.value.strategy !== Strategy.UNSPECIFIED)
        wrong('.downgrade.strategy', `must be left out: ${model} is a strategy by itself`);
      return { kind: 'downgrade', atPercent, model, strategy };
    }
    case 'throttle': {
      const { requestsPerMinute } = action.value;
      if (requestsPerMinute < 1 || requestsPerMinute > MAX_RATE)
        wrong('.throttle.requests_per_minute', `must be from 1 to ${MAX_RATE}`);
      return { kind: 'throttle', atPercent, requestsPerMinute };
    }
    default:
      return unreachable(action);
  }
}
