import { FinishReason } from '@switchyard/contracts/routing';
import type { ErrorClass } from '../error-classes.ts';

/**
 * Why the model stopped; UNSPECIFIED for a reason that is not known here or says nothing ("OTHER"). A model that wants
 * tools called stops with STOP.
 *
 * Source: https://ai.google.dev/api/generate-content#FinishReason
 */
export function decodeFinishReason(reason: string, holds: { readonly toolCalls: boolean }): FinishReason {
  switch (reason) {
    case 'STOP':
      return holds.toolCalls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    case 'MAX_TOKENS':
      return FinishReason.LENGTH;
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
      return FinishReason.CONTENT_FILTER;
    default:
      return FinishReason.UNSPECIFIED;
  }
}

/** Finish reasons that tell of a failure; `undefined` for all others. */
export function failedFinishReason(reason: string): ErrorClass | undefined {
  switch (reason) {
    // The model wrote something that its server could not read: the next time it may not.
    case 'MALFORMED_FUNCTION_CALL':
    case 'MALFORMED_RESPONSE':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
      return 'server_error';
    case 'MISSING_THOUGHT_SIGNATURE':
      return 'invalid_request';
    default:
      return undefined;
  }
}
