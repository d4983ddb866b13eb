import { FinishReason } from '@switchyard/contracts/routing';
import { askText } from './ask-text.ts';
import { type CompletionTest, failed, passed, textOf } from './provider-test.ts';

/** Does a stream begin, bring text, and end with a reason? */
export const streamTest: CompletionTest = {
  kind: 'completion',
  name: 'stream',
  needs: ['text', 'streaming'],
  stream: true,
  ask: { messages: [askText('Count from one to five in words.')] },
  judge(answer) {
    if (textOf(answer).trim() === '')
      return failed('the stream brought no text', 'try another model of it with --model');
    if (answer.finishReason === FinishReason.UNSPECIFIED)
      return failed(
        'the stream ended without a reason',
        'something between may cut streams: check proxies and their time limits',
      );
    return passed(`${answer.pieces} pieces`);
  },
};
