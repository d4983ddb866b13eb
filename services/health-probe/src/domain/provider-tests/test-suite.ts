import { completionTest } from './completion-test.ts';
import { embeddingsTest } from './embeddings-test.ts';
import { outputLimitTest } from './output-limit-test.ts';
import type { ProviderTest } from './provider-test.ts';
import { streamTest } from './stream-test.ts';
import { structuredOutputTest } from './structured-output-test.ts';
import { toolsTest } from './tools-test.ts';
import { visionTest } from './vision-test.ts';
import { wrongKeyTest } from './wrong-key-test.ts';

/** What is tested, in the order in which it begins. */
export type Suite = readonly ProviderTest[];

/** A few tokens: does it answer at all, whole and streamed? */
export const QUICK: Suite = [completionTest, streamTest];

/** Everything that agents use. */
export const FULL: Suite = [
  ...QUICK,
  ...[toolsTest, structuredOutputTest, visionTest, outputLimitTest, embeddingsTest, wrongKeyTest],
];

/** Names of a suite's tests, in the order in which they begin. */
export const namesOf = (suite: Suite): string[] => suite.map(({ name }) => name);
