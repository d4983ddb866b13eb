import { type Choice, type DecideInput, decide as decideOn } from '../../src/domain/decide/decide.ts';
import type { EvaluationInput } from '../../src/domain/decide/evaluate.ts';

/** What a decision is made on, as far as a test says it. */
export type TestInput = EvaluationInput & Partial<DecideInput>;

/** Decides with a fixed seed and looks at every candidate, unless the test says otherwise. */
export const decide = (input: TestInput): Choice =>
  decideOn({ seed: 7n, look: 'all', measured: () => [], ...input });
