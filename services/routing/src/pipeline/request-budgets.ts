import { type ServiceError, unreachable } from '@switchyard/kernel';
import {
  type BudgetRefusal,
  describeBudgetRefusal,
  type ExceededRefusal,
  isHeldAway,
} from '../domain/budget/budget-refusal.ts';
import { mostUsed } from '../domain/budget/most-used.ts';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { budgetExceeded, budgetsUnchecked } from '../errors.ts';
import type { BudgetAdmission, BudgetedCall } from '../runtime/budgets/budget-admission.ts';
import type { BudgetHold } from '../runtime/budgets/budget-hold.ts';
import type { BudgetLeases } from '../runtime/budgets/budget-leases.ts';
import { type AttemptOrigin, mostCost } from './attempt.ts';

/** Whose request it is. */
export interface BudgetedRequest {
  readonly requestId: string;
  /** The tenant that pays. */
  readonly tenant: string;
  readonly keyId: string;
}

/** An attempt of it that is about to be made. */
export interface PlannedHold extends Pick<AttemptOrigin, 'needs' | 'index' | 'isContinuation' | 'isHedge'> {
  readonly candidate: RankedCandidate;
}

/** Why a candidate is not called though it was its turn. */
export interface PassedOver {
  readonly outcome: string;
  readonly detail: string;
}

/** Whether a candidate may be called, as far as budgets are concerned. */
export type HeldOrPassedOver =
  | { readonly kind: 'held'; readonly hold: BudgetHold }
  | ({ readonly kind: 'passed over' } & PassedOver);

const OUTCOMES = {
  exceeded: 'budget_exceeded',
  unchecked: 'budget_unchecked',
  unbounded: 'unbounded',
} as const;
const OF_NO_ROOM: ReadonlySet<string> = new Set([OUTCOMES.exceeded, OUTCOMES.unchecked]);

/** What hard budgets say to the attempts of one request. */
export class RequestBudgets {
  readonly #request: BudgetedRequest;
  readonly #leases: BudgetLeases;
  /** Of several the one that has room again first. */
  #exceeded: ExceededRefusal | undefined;
  #isUnchecked = false;

  constructor(request: BudgetedRequest, leases: BudgetLeases) {
    this.#request = request;
    this.#leases = leases;
  }

  /** Holds what an attempt may use, at once where this replica has room. */
  hold(planned: PlannedHold): HeldOrPassedOver | Promise<HeldOrPassedOver> {
    const { candidate, needs, index } = planned;
    const { offering } = candidate;
    const { tenant, keyId } = this.#request;
    const maxCost = () => mostCost(candidate, planned);
    const admission = this.#leases.admit({
      tenant,
      keyId,
      provider: offering.provider.id,
      model: offering.model,
      mostUsed: (unit) => mostUsed({ needs, offering, maxCost, index }, unit),
      patience: this.#patience(planned),
    });
    return admission instanceof Promise
      ? admission.then((late) => this.#heldOrPassedOver(late, planned))
      : this.#heldOrPassedOver(admission, planned);
  }

  /** Why nobody can be called, where hard budgets had no room for any of those that were passed over. */
  error(passedOver: readonly Pick<PassedOver, 'outcome'>[]): ServiceError | undefined {
    if (!passedOver.every(({ outcome }) => OF_NO_ROOM.has(outcome))) return undefined;
    const { requestId } = this.#request;
    if (this.#isUnchecked) return budgetsUnchecked(requestId);
    return this.#exceeded && budgetExceeded(requestId, this.#exceeded);
  }

  /** All candidates of a request together wait hardly longer than one. */
  #patience({ needs: { isProbe }, isHedge }: PlannedHold): BudgetedCall['patience'] {
    // The attempt that a hedge is made beside may answer meanwhile.
    if (this.#isUnchecked || isHedge) return 'none';
    return isProbe || this.#exceeded !== undefined ? 'exchange' : 'recall';
  }

  #heldOrPassedOver(admission: BudgetAdmission, { isHedge }: PlannedHold): HeldOrPassedOver {
    switch (admission.kind) {
      case 'admitted':
        return { kind: 'held', hold: admission.hold };
      case 'refused':
        return { kind: 'passed over', ...this.#refused(admission.refusal) };
      case 'unchecked':
        this.#isUnchecked ||= !isHedge;
        return { kind: 'passed over', outcome: OUTCOMES.unchecked, detail: UNCHECKED_DETAIL };
      default:
        return unreachable(admission);
    }
  }

  #refused(refusal: BudgetRefusal): PassedOver {
    const detail = describeBudgetRefusal(refusal);
    if (refusal.kind === 'exceeded' && (this.#exceeded === undefined || isNearer(refusal, this.#exceeded)))
      this.#exceeded = refusal;
    return { outcome: OUTCOMES[refusal.kind], detail };
  }
}

/** Which of two refusals a caller can do most about: what has room again first, and else what needs less. */
function isNearer(a: ExceededRefusal, b: ExceededRefusal): boolean {
  const [atMs, otherMs] = [a, b].map((one) => (isHeldAway(one) ? 0 : one.endMs)) as [number, number];
  return atMs === otherMs ? a.needed < b.needed : atMs < otherMs;
}

const UNCHECKED_DETAIL =
  'whether a hard budget has room for it cannot be known now: cost-accounting does not answer in time';
