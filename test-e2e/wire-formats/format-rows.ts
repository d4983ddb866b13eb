import type { TokenCounts, WireFormatName } from '@switchyard/testkit/simulator';
import type { ClassifiedFault } from './exercise-faults.ts';

/** What is special in a wire format; all tests that hold for every format go through these rows. */
export interface FormatRow {
  /** Counts that its usage leaves out: they are part of the totals, and cost what those do. */
  readonly untold?: readonly ('cached' | 'reasoning' | 'model')[];
  /** Set where its usage tells what was written to the cache. */
  readonly tellsWrites?: true;
  /** Cases that it cannot express, by name: the field by which they are refused. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** Faults of its own, and the class that each must become. */
  readonly faults: readonly ClassifiedFault[];
}

/** Faults of Claude, by whichever door. */
const OF_CLAUDE: FormatRow['faults'] = [
  ['quota', { type: 'status', status: 402 }],
  ['context_length', { type: 'status', status: 413 }],
  ['timeout', { type: 'status', status: 504 }],
  ['overloaded', { type: 'status', status: 529 }],
  ['overloaded', { type: 'error-event', afterChunks: 0 }],
  ['overloaded', { type: 'error-event', afterChunks: 4 }],
  ['rate_limited', { type: 'error-event', errorType: 'rate_limit_error' }],
  ['server_error', { type: 'error-event', errorType: 'api_error' }],
];

/** Faults of Gemini, by whichever door. */
const OF_GEMINI: FormatRow['faults'] = [
  ['overloaded', { type: 'status', status: 503 }],
  ['timeout', { type: 'status', status: 504 }],
  ['overloaded', { type: 'error-event' }],
  ['rate_limited', { type: 'error-event', errorType: 'RESOURCE_EXHAUSTED', framing: 'event' }],
  ['server_error', { type: 'error-event', afterChunks: 3, errorType: 'INTERNAL', framing: 'raw' }],
];

const AZURE: FormatRow = {
  faults: [
    ['content_filter', { type: 'status', status: 400, errorType: 'content_filter' }],
    ['quota', { type: 'status', status: 429, errorType: 'insufficient_quota' }],
    ['server_error', { type: 'error-event', afterChunks: 4 }],
    ['rate_limited', { type: 'error-event', errorType: 'rate_limit_exceeded' }],
  ],
};

export const FORMAT_ROWS: Readonly<Record<WireFormatName, FormatRow>> = {
  'openai-chat': {
    faults: [
      ['quota', { type: 'status', status: 429, errorType: 'insufficient_quota' }],
      ['context_length', { type: 'status', status: 400, errorType: 'context_length_exceeded' }],
      ['overloaded', { type: 'status', status: 503 }],
      ['server_error', { type: 'status', status: 504 }],
      ['server_error', { type: 'error-event', afterChunks: 0 }],
      ['server_error', { type: 'error-event', afterChunks: 4 }],
      ['rate_limited', { type: 'error-event', errorType: 'rate_limit_exceeded' }],
      ['overloaded', { type: 'error-event', errorType: 'server_is_overloaded' }],
    ],
  },
  'openai-responses': {
    refuses: { 'an answer that meets a stop text': 'sampling.stop' },
    faults: [
      ['quota', { type: 'status', status: 429, errorType: 'insufficient_quota' }],
      ['context_length', { type: 'status', status: 400, errorType: 'context_length_exceeded' }],
      ['overloaded', { type: 'status', status: 503 }],
      ['server_error', { type: 'error-event', afterChunks: 0 }],
      ['server_error', { type: 'error-event', afterChunks: 6 }],
      ['rate_limited', { type: 'error-event', errorType: 'rate_limit_exceeded' }],
    ],
  },
  'anthropic-messages': { tellsWrites: true, faults: OF_CLAUDE },
  gemini: { faults: OF_GEMINI },
  'ollama-native': {
    untold: ['cached', 'reasoning'],
    faults: [
      ['overloaded', { type: 'status', status: 503 }],
      ['server_error', { type: 'error-event' }],
      ['server_error', { type: 'error-event', afterChunks: 4 }],
      ['rate_limited', { type: 'error-event', errorType: 'too many requests' }],
      ['context_length', { type: 'error-event', errorType: 'the input length exceeds the context length' }],
    ],
  },
  'cohere-v2': {
    untold: ['cached', 'reasoning', 'model'],
    refuses: { 'reasoning before the answer': 'sampling.reasoning_effort' },
    faults: [
      ['overloaded', { type: 'status', status: 503 }],
      ['context_length', { type: 'status', status: 400, errorType: 'too many tokens: cannot exceed 4096' }],
      ['quota', { type: 'status', status: 429, errorType: 'Trial key: 1000 API calls / month' }],
      ['server_error', { type: 'error-event' }],
      ['server_error', { type: 'error-event', afterChunks: 4 }],
      ['rate_limited', { type: 'error-event', errorType: 'too many requests' }],
    ],
  },
  'bedrock-converse': {
    untold: ['reasoning', 'model'],
    tellsWrites: true,
    // Models that the simulator makes up belong to no maker, and each maker's reason in their own way.
    refuses: { 'reasoning before the answer': 'sampling.reasoning_effort' },
    faults: [
      ['overloaded', { type: 'status', status: 503 }],
      ['timeout', { type: 'status', status: 408 }],
      ['server_error', { type: 'status', status: 424 }],
      ['overloaded', { type: 'error-event', afterChunks: 0 }],
      ['rate_limited', { type: 'error-event', afterChunks: 4, errorType: 'throttlingException' }],
      ['server_error', { type: 'error-event', errorType: 'modelStreamErrorException' }],
    ],
  },
  'vertex-gemini': { faults: OF_GEMINI },
  'vertex-anthropic': { tellsWrites: true, faults: OF_CLAUDE },
  'azure-openai': AZURE,
  'azure-openai-deployments': AZURE,
};

/** The provider's counts as the format tells them. */
export function toldTokens(tokens: TokenCounts, { untold = [] }: FormatRow): TokenCounts {
  return untold.includes('reasoning') ? { ...tokens, reasoningTokens: 0 } : tokens;
}
