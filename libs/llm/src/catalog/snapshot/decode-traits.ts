import type { ModelTraits } from '../../formats/model-traits.ts';
import type { SnapshotObject } from './snapshot-object.ts';

/** Of a model of which nothing is known. */
export const UNKNOWN_TRAITS: ModelTraits = Object.freeze({
  sampling: undefined,
  reasoningEfforts: undefined,
  reasoningBudget: undefined,
});

/** Traits as they stand in a snapshot. With efforts and no budget, no budget can be set. */
export function decodeTraits(object: SnapshotObject): ModelTraits {
  object.only(['sampling', 'reasoningEfforts', 'reasoningBudget']);
  const budget = object.has('reasoningBudget') ? object.object('reasoningBudget') : undefined;
  const hasEfforts = object.has('reasoningEfforts');
  return Object.freeze({
    sampling: object.optionalFlag('sampling'),
    reasoningEfforts: hasEfforts ? object.strings('reasoningEfforts') : undefined,
    reasoningBudget:
      budget === undefined
        ? hasEfforts
          ? 'none'
          : undefined
        : Object.freeze({ min: budget.count('min'), max: budget.optionalCount('max') }),
  });
}
