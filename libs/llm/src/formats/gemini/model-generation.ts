import type { EncodeInput } from '../wire-format.ts';

/**
 * Which rules a model goes by. Gemini 3 and later ones set how much they think by level, want their signatures back with
 * their function calls, and take pictures in function responses and structured output beside tools; older ones think by
 * budget and know none of that.
 */
export type ModelGeneration = 'levels' | 'budgets';

/** Ids of models that are older than Gemini 3: what is not known is taken as new, as Google's aliases move on. */
const OLDER = /^gemini-(?:[12](?:[.-]|$)|pro(?:-vision)?$)|^gemma-[123]/i;

/** The model's generation: what the catalog knows decides, else its id. */
export function generationOf({ model, traits }: Pick<EncodeInput, 'model' | 'traits'>): ModelGeneration {
  const efforts = traits?.reasoningEfforts;
  if (efforts !== undefined && efforts.length > 0) return 'levels';
  if (typeof traits?.reasoningBudget === 'object') return 'budgets';
  return OLDER.test(model) ? 'budgets' : 'levels';
}
