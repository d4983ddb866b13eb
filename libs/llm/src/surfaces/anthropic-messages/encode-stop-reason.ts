import { FinishReason } from '@switchyard/contracts/routing';

/** Why the model stopped, in this API's words. A filter's cut is a refusal here. */
export function encodeStopReason(reason: FinishReason): 'end_turn' | 'max_tokens' | 'tool_use' | 'refusal' {
  switch (reason) {
    case FinishReason.LENGTH:
      return 'max_tokens';
    case FinishReason.TOOL_CALLS:
      return 'tool_use';
    case FinishReason.CONTENT_FILTER:
    case FinishReason.REFUSAL:
      return 'refusal';
    default:
      return 'end_turn';
  }
}

/** `stop_details`: what a model that refused said about it; `null` where it did not refuse. */
export function encodeStopDetails(reason: FinishReason, refusal: string): object | null {
  if (encodeStopReason(reason) !== 'refusal') return null;
  return { type: 'refusal', category: null, explanation: refusal === '' ? null : refusal };
}
