import { FinishReason, Sampling } from '@switchyard/contracts/routing';
import { askText } from './ask-text.ts';
import { type CompletionTest, failed, passed } from './provider-test.ts';

/** Some providers take no smaller limit. */
const LIMIT = 16;

/** Does it stop at the limit that it is given, and say so? The upper bound of what a request costs rests on it. */
export const outputLimitTest: CompletionTest = {
  kind: 'completion',
  name: 'output_limit',
  needs: ['text'],
  stream: false,
  ask: {
    messages: [askText('Write a story of five hundred words about the sea.')],
    sampling: Sampling.fromPartial({ maxOutputTokens: LIMIT }),
  },
  judge({ usage, finishReason }) {
    const written = usage?.outputTokens;
    if (written !== undefined && written > LIMIT)
      return failed(
        `it wrote ${written} tokens, more than the ${LIMIT} it may`,
        'requests that limit their cost may overrun here; keep it out of pools with max_cost',
      );
    if (finishReason === FinishReason.LENGTH) return passed(`stopped at ${LIMIT} tokens`);
    // Short of words: then nothing is to be said of the limit but that it was not overrun.
    if (written !== undefined && written < LIMIT) return passed(`ended by itself after ${written} tokens`);
    return failed(
      'it does not say that the limit ended the answer',
      'agents cannot tell a cut answer from a whole one',
    );
  },
};
