import { Sampling } from '@switchyard/contracts/routing';
import { askText } from './ask-text.ts';
import { type CompletionTest, failed, passed } from './provider-test.ts';

/** Classes of errors by which a provider refuses a key. */
const REFUSED = new Set(['authentication', 'permission']);

/** Does it refuse a key that is none, and say so? Else a key that was taken back might go on working, or look like an outage. */
export const wrongKeyTest: CompletionTest = {
  name: 'wrong_key',
  kind: 'completion',
  needs: ['text'],
  stream: false,
  ask: {
    messages: [askText('ping')],
    sampling: Sampling.fromPartial({ maxOutputTokens: 16 }),
    wrongKey: true,
  },
  judge: () =>
    failed(
      'it answers to a wrong key',
      'whoever reaches it may use it: put it behind something that checks keys',
    ),
  judgeFailure({ reason, errorClass }) {
    if (REFUSED.has(errorClass ?? '')) return passed(`refused as ${errorClass}`);
    if (reason !== 'NO_KEY_TO_CHECK') return undefined;
    return { kind: 'unsupported', detail: 'it needs no key, or one that signs requests', advice: 'nothing' };
  },
};
