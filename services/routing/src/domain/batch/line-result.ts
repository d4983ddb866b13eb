import { MAX_RESULT_BYTES } from './batch-limits.ts';
import type { LineEnd } from './stored-file.ts';

/** An answer as by HTTP. */
export interface LineAnswer {
  readonly status: number;
  /** '' where it was refused before it had one. */
  readonly requestId: string;
  readonly body: unknown;
  /** Undefined where it is unknown, or nothing was answered. */
  readonly costNanoUsd: bigint | undefined;
}

/** Why a line has no answer. */
export interface LineError {
  readonly code: 'batch_expired' | 'key_ended' | 'interrupted' | 'answer_too_large' | 'file_unreadable';
  readonly message: string;
}

/** What came of a line. */
export type LineResult = { readonly answer: LineAnswer } | { readonly error: LineError };

/** A line of an output or error file, as OpenAI has it. */
export interface ResultLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: unknown;
  } | null;
  readonly error: LineError | null;
}

/** Which line of which batch. */
export interface LinePlace {
  readonly batchId: string;
  readonly number: number;
  readonly customId: string;
}

/** A result as it is kept. */
export interface KeptResult {
  /** Which file tells of it. */
  readonly end: LineEnd;
  /** Its line there. */
  readonly content: Buffer;
  readonly costNanoUsd: bigint;
}

/** What is kept of a result: an answer that is too large is told as an error. */
export function keepResult(result: LineResult, place: LinePlace): KeptResult {
  const content = Buffer.from(`${JSON.stringify(resultLine(result, place))}\n`);
  const [end, costNanoUsd] = 'answer' in result ? endOf(result.answer) : ['failed' as const, 0n];
  if (content.length <= MAX_RESULT_BYTES) return { end, content, costNanoUsd };
  return { ...keepResult({ error: ANSWER_TOO_LARGE }, place), costNanoUsd };
}

const endOf = ({ status, costNanoUsd = 0n }: LineAnswer): [LineEnd, bigint] => [
  status < 400 ? 'answered' : 'failed',
  costNanoUsd,
];

function resultLine(result: LineResult, { batchId, number, customId }: LinePlace): ResultLine {
  const head = { id: `batch_req_${batchId.replaceAll('-', '')}_${number}`, custom_id: customId };
  if ('error' in result) return { ...head, response: null, error: result.error };
  const { status, requestId, body } = result.answer;
  return { ...head, response: { status_code: status, request_id: requestId, body }, error: null };
}

export const BATCH_EXPIRED: LineError = {
  code: 'batch_expired',
  message: "this line's turn did not come within the batch's time; submit it again in another batch",
};

export const KEY_ENDED: LineError = {
  code: 'key_ended',
  message:
    'the API key that created the batch is unknown, expired or revoked; submit the line again with another key',
};

export const INTERRUPTED: LineError = {
  code: 'interrupted',
  message:
    'the replica that asked ended before the answer was stored; it may have been charged for, so it was not asked again; submit the line again to be charged again',
};

export const ANSWER_TOO_LARGE: LineError = {
  code: 'answer_too_large',
  message: 'the answer is too large to be kept; it was charged for',
};

export const FILE_UNREADABLE: LineError = {
  code: 'file_unreadable',
  message:
    "the batch's file could not be read any more when the provider told of it, so that it cannot be told; an answer was charged for",
};
