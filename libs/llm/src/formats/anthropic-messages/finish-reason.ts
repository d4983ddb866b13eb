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
    case 'refusal':
      return FinishReason.REFUSAL;
    default:
      // "pause_turn" among them: it comes with the provider's own tools only.
      return FinishReason.UNSPECIFIED;
  }
}
