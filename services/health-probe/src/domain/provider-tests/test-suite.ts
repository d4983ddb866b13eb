import { completionTest } from './completion-test.ts';
import { outputLimitTest } from './output-limit-test.ts';
import type { ProviderTest, UnofferedTest } from './provider-test.ts';
import { streamTest } from './stream-test.ts';
import { structuredOutputTest } from './structured-output-test.ts';
import { toolsTest } from './tools-test.ts';
import { visionTest } from './vision-test.ts';

/** What is tested. */
export interface Suite {
  readonly tests: readonly ProviderTest[];
  /** Named in the results, so that nobody takes their absence for a pass. */
  readonly unoffered: readonly UnofferedTest[];
}

/** A few tokens: does it answer at all, whole and streamed? */
export const QUICK: Suite = { tests: [completionTest, streamTest], unoffered: [] };

/** Everything that agents use. */
export const FULL: Suite = {
  tests: [...QUICK.tests, toolsTest, structuredOutputTest, visionTest, outputLimitTest],
  unoffered: [
    { name: 'embeddings', why: 'it is not tried out yet' },
    { name: 'wrong_key', why: 'routing calls a provider with no other key than the stored one' },
  ],
};

/** Names of a suite's tests, in the order in which they begin. */
export const namesOf = ({ tests, unoffered }: Suite): string[] =>
  [...tests, ...unoffered].map(({ name }) => name);
