import type { StatedBudget } from './budget.ts';

/** Most budgets of one tenant, and of the installation. */
const MAX_BUDGETS = 1_000;
/** Most that refuse of one tenant and one key, or of no key: an attempt is held against at most four times as many. */
const MAX_REFUSING = 16;

/** What a bound is found by. */
export type CountedBudget = Pick<StatedBudget, 'tenant' | 'refuses' | 'actions'> & {
  readonly scope: Pick<StatedBudget['scope'], 'keyId'>;
};

/** @returns which bound all budgets of some owners exceed, in words; undefined where they exceed none */
export function findTooMany(budgets: readonly CountedBudget[]): string | undefined {
  const ofOwner = new Map<string, number>();
  const binding = new Map<string, number>();
  for (const { tenant, scope, refuses, actions } of budgets) {
    const key = `${tenant} ${scope.keyId}`;
    const throttles = actions.some(({ kind }) => kind === 'throttle');
    ofOwner.set(tenant, (ofOwner.get(tenant) ?? 0) + 1);
    binding.set(key, (binding.get(key) ?? 0) + Number(refuses) + Number(throttles));
  }
  if (Math.max(0, ...ofOwner.values()) > MAX_BUDGETS) return `${MAX_BUDGETS} budgets`;
  const [full] = [...binding].find(([, n]) => n > MAX_REFUSING) ?? [];
  if (full === undefined) return undefined;
  return `${MAX_REFUSING} budgets that refuse or throttle, of ${full.endsWith(' ') ? 'no key' : 'one key'}`;
}
