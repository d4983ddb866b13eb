import { FinishReason } from '@switchyard/contracts/routing';
import type { ErrorClass } from '../error-classes.ts';

/** Why the model stopped; UNSPECIFIED for a reason that is not known here. */
export function decodeFinishReason(reason: string): FinishReason {
  switch (reason) {
    case 'stop':
    // Together's older name.
    case 'eos':
      return FinishReason.STOP;
    case 'length':
    // Mistral: the model's own limit.
    case 'model_length':
      return FinishReason.LENGTH;
    case 'tool_calls':
    case 'function_call':
      return FinishReason.TOOL_CALLS;
    case 'content_filter':
      return FinishReason.CONTENT_FILTER;
    default:
      return FinishReason.UNSPECIFIED;
  }
}

/** Finish reasons by which vendors tell of a failure; `undefined` for all others. */
export function failedFinishReason(reason: string): ErrorClass | undefined {
  // OpenRouter and Mistral.
  if (reason === 'error') return 'server_error';
  // DeepSeek.
  if (reason === 'insufficient_system_resource') return 'overloaded';
  return undefined;
}

/** Corrects a reason by what the answer holds: some vendors say "stop" for tool calls, and none has one for refusals. */
export function refineFinishReason(
  reason: FinishReason,
  holds: { readonly toolCalls: boolean; readonly refusal: boolean },
): FinishReason {
  if (reason !== FinishReason.STOP) return reason;
  if (holds.refusal) return FinishReason.REFUSAL;
  return holds.toolCalls ? FinishReason.TOOL_CALLS : reason;
}
