import { FinishReason } from '@switchyard/contracts/routing';

/** Why the model stopped; UNSPECIFIED for a reason that is not known here. */
export function decodeStopReason(reason: string): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return FinishReason.STOP;
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return FinishReason.LENGTH;
    case 'tool_use':
      return FinishReason.TOOL_CALLS;
    case 'content_filtered':
    case 'guardrail_intervened':
      return FinishReason.CONTENT_FILTER;
    case 'refusal':
      return FinishReason.REFUSAL;
    default:
      return FinishReason.UNSPECIFIED;
  }
}

/** Reasons with which the model's output is no answer: it was not what its own rules say. */
export const isMalformed = (reason: string): boolean =>
  reason === 'malformed_model_output' || reason === 'malformed_tool_use';
