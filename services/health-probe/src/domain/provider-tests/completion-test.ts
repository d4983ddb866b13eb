import { askText } from './ask-text.ts';
import { type CompletionTest, failed, passed, textOf } from './provider-test.ts';

/** Does it answer, with text and with a count of what was used? */
export const completionTest: CompletionTest = {
  kind: 'completion',
  name: 'completion',
  needs: ['text'],
  stream: false,
  ask: { messages: [askText('Say hello in three words.')] },
  judge(answer) {
    const text = textOf(answer);
    if (text.trim() === '')
      return failed(
        'the answer has no text',
        'try another model of it with --model; see the decision of the request',
      );
    if (answer.usage?.outputTokens === undefined)
      return failed(
        'the answer does not say how many tokens were used',
        'costs of this provider are estimates; check that wire_format is the one it speaks',
      );
    return passed(`${answer.usage.outputTokens} tokens`);
  },
};
