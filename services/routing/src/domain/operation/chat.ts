import { boundInputTokens, estimateInputTokens } from '@switchyard/llm';
import { derivedCapabilities } from '../request/derive-capabilities.ts';
import { checkChat } from '../request/validate-chat.ts';
import type { OperationRules } from './operation-rules.ts';

/** A conversation, to be gone on with. */
export const chat: OperationRules<'chat'> = {
  validate: checkChat,
  capabilitiesOf: derivedCapabilities,
  sizeOf: (request) => {
    const estimatedInputTokens = estimateInputTokens(request);
    return {
      estimatedInputTokens,
      inputTokenBound: boundInputTokens(request),
      estimatedContextTokens: estimatedInputTokens,
      contexts: 1,
      maxOutputTokens: request.sampling?.maxOutputTokens,
    };
  },
};
