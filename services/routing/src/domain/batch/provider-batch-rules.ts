/** When lines are given to providers as their own batches. */
export interface ProviderBatchRules {
  /** Fewest lines for one, from 1. */
  readonly minLines: number;
  /** How often providers are asked how far they are, in milliseconds. */
  readonly pollMs: number;
}
