import { FinishReason } from '@switchyard/contracts/routing';
import { type JsonObject, objectAt, stringAt } from '../json.ts';

/** What an answer holds that its status does not say. */
export interface Held {
  readonly toolCalls: boolean;
  readonly refusal: boolean;
}

/** Why the model stopped, by the status of the response; `undefined` where it has not, or failed. */
export function decodeStatus(response: JsonObject, held: Held): FinishReason | undefined {
  switch (response.status) {
    case 'completed':
      if (held.refusal) return FinishReason.REFUSAL;
      return held.toolCalls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    case 'incomplete':
      return decodeIncomplete(stringAt(objectAt(response, 'incomplete_details') ?? {}, 'reason'));
    default:
      return undefined;
  }
}

function decodeIncomplete(reason: string | undefined): FinishReason {
  switch (reason) {
    case 'max_output_tokens':
      return FinishReason.LENGTH;
    case 'content_filter':
      return FinishReason.CONTENT_FILTER;
    default:
      return FinishReason.UNSPECIFIED;
  }
}
