import { FinishReason } from '@switchyard/contracts/routing';

/** Why the model stopped. There is no reason of its own for tool calls; UNSPECIFIED for one that is not known here. */
export function decodeDoneReason(reason: string | undefined, calls: 'calls' | 'no_calls'): FinishReason {
  switch (reason) {
    // Servers before 0.3.4 give none.
    case undefined:
    case 'stop':
      return calls === 'calls' ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    case 'length':
      return FinishReason.LENGTH;
    default:
      return FinishReason.UNSPECIFIED;
  }
}
