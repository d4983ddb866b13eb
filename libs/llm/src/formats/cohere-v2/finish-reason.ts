import { FinishReason } from '@switchyard/contracts/routing';
import type { ErrorClass } from '../error-classes.ts';

/** How an answer ended. */
export type CohereEnd =
  | { readonly kind: 'finished'; readonly reason: FinishReason }
  | { readonly kind: 'failed'; readonly class: ErrorClass };

const ENDS: Readonly<Record<string, CohereEnd>> = {
  COMPLETE: { kind: 'finished', reason: FinishReason.STOP },
  STOP_SEQUENCE: { kind: 'finished', reason: FinishReason.STOP },
  MAX_TOKENS: { kind: 'finished', reason: FinishReason.LENGTH },
  TOOL_CALL: { kind: 'finished', reason: FinishReason.TOOL_CALLS },
  ERROR_TOXIC: { kind: 'finished', reason: FinishReason.CONTENT_FILTER },
  ERROR_LIMIT: { kind: 'failed', class: 'context_length' },
  ERROR: { kind: 'failed', class: 'server_error' },
  TIMEOUT: { kind: 'failed', class: 'timeout' },
};

/** What a `finish_reason` means; one that is new ended the answer somehow. */
export const decodeCohereEnd = (reason: string): CohereEnd =>
  Object.hasOwn(ENDS, reason)
    ? (ENDS[reason] as CohereEnd)
    : { kind: 'finished', reason: FinishReason.UNSPECIFIED };
