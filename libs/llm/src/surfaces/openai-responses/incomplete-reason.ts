import { FinishReason } from '@switchyard/contracts/routing';

/** Why a response is not whole; `undefined` where it is. */
export function incompleteReason(reason: FinishReason): 'max_output_tokens' | 'content_filter' | undefined {
  switch (reason) {
    case FinishReason.LENGTH:
      return 'max_output_tokens';
    case FinishReason.CONTENT_FILTER:
      return 'content_filter';
    default:
      return undefined;
  }
}
