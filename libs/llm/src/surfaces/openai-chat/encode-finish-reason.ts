import { FinishReason } from '@switchyard/contracts/routing';

/** OpenAI has no reason for a refusal: the message holds it, and the reason is "stop". */
export function encodeFinishReason(
  reason: FinishReason,
): 'stop' | 'length' | 'tool_calls' | 'content_filter' {
  switch (reason) {
    case FinishReason.LENGTH:
      return 'length';
    case FinishReason.TOOL_CALLS:
      return 'tool_calls';
    case FinishReason.CONTENT_FILTER:
      return 'content_filter';
    default:
      return 'stop';
  }
}
