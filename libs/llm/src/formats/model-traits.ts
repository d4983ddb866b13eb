/**
 * What a model takes of the settings that its wire format knows. The catalog states it (`Offering.traits`); `undefined`
 * means unknown, and then nothing is refused on that ground.
 */
export interface ModelTraits {
  /** False where temperature, top_p and top_k cannot be set. */
  readonly sampling: boolean | undefined;
  /** Values of `reasoning_effort` that it knows; empty where effort cannot be set. */
  readonly reasoningEfforts: readonly string[] | undefined;
  /** Reasoning budgets that it takes, in tokens; "none" where no budget can be set. */
  readonly reasoningBudget: { readonly min: number; readonly max: number | undefined } | 'none' | undefined;
}
