import type { Usage } from '@switchyard/contracts/routing';
import type { UnitCounts } from './unit-prices.ts';

/** Counts that Switchyard can make itself: of tokens, or of units that take their place. */
export interface CountedUsage extends UnitCounts {
  /** Expected input tokens. */
  readonly inputTokens: number;
  /** Tokens of what was delivered; `undefined` where nobody can count them, as of sound. */
  readonly outputTokens: number | undefined;
}

/** What is known of a call's use. */
export interface KnownUsage {
  /** The last usage that the provider reported; `undefined` for none. */
  readonly reported: Usage | undefined;
  /** Whether the answer came to its end: what was reported before it (Gemini tells with each piece) may not be all. */
  readonly ended: boolean;
}

/**
 * Usage of a call: what the provider reported (Anthropic tells the input at the start of a stream), completed by what was counted
 * here, and marked as estimated where something had to be, or the answer was cut.
 */
export function completeUsage({ reported, ended }: KnownUsage, counted: CountedUsage): Usage {
  if (reported === undefined) return { ...counted, estimated: true };
  const { inputTokens, outputTokens } = reported;
  if (ended && inputTokens !== undefined && outputTokens !== undefined) return reported;
  return {
    ...reported,
    inputTokens: inputTokens ?? counted.inputTokens,
    // Parts that were reported never exceed the total.
    outputTokens: outputTokens ?? atLeast(counted.outputTokens, reported.reasoningTokens ?? 0),
    estimated: true,
  };
}

const atLeast = (count: number | undefined, least: number): number | undefined =>
  count === undefined ? undefined : Math.max(count, least);
