/** How long a simulated provider takes. */
export interface LatencyOptions {
  /** From the whole request being read to the first byte of the answer. Default 0. */
  readonly firstTokenMs?: Distribution;
  /** Between two tokens of a stream; a unary answer waits for all its tokens. Default 0. */
  readonly perTokenMs?: Distribution;
}

/** Milliseconds, fixed or drawn from the provider's seeded randomness. All values 0–600,000. */
export type Distribution =
  | number
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  /** `sigma` (0–3) is the standard deviation of the logarithm: 0.5 gives a p99 of about 3.2 medians. */
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number };
