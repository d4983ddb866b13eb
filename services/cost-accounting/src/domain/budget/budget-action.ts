import type { Strategy } from '@switchyard/contracts/routing';

/** What a budget does about requests from a percent of its limit on. */
export type BudgetAction = { readonly atPercent: number } & (
  | {
      readonly kind: 'downgrade';
      /** '' : as requested. */
      readonly model: string;
      /** UNSPECIFIED: as requested. */
      readonly strategy: Strategy;
    }
  | { readonly kind: 'throttle'; readonly requestsPerMinute: number }
);

/** Kinds of actions, in words. */
export type ActionKind = BudgetAction['kind'];

/** Of one kind the action that counts where so much is spent: the one of the highest percent; undefined where none is in force. */
export function actionInForce<Kind extends ActionKind>(
  actions: readonly BudgetAction[],
  kind: Kind,
  actingPercent: number,
): Extract<BudgetAction, { kind: Kind }> | undefined {
  return actions.findLast(
    (action): action is Extract<BudgetAction, { kind: Kind }> =>
      action.kind === kind && action.atPercent <= actingPercent,
  );
}

/** What is done, in a few words. */
export function describeAction(action: BudgetAction): string {
  if (action.kind === 'throttle') return `requests are throttled to ${action.requestsPerMinute} a minute`;
  return action.model === ''
    ? 'requests are decided by something cheaper'
    : `requests are decided on ${action.model}`;
}
