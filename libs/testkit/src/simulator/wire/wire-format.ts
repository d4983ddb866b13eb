import type { Answer } from '../answer/answer.ts';
import type { SimulatedCall } from '../answer/simulated-call.ts';
import type { RetryAfter } from '../faults/fault.ts';
import type { WireFormatName } from '../options/simulator-options.ts';
import type { CacheStyle } from '../prompt-cache/use-prompt.ts';
import type { UnknownFields } from '../shape/check-shape.ts';
import type { ShapeProblem } from '../shape/shape-problem.ts';

/** One provider's wire format: pure functions between its bytes and the simulator's calls and answers. */
export interface WireFormat {
  readonly name: WireFormatName;
  readonly cacheStyle: CacheStyle;
  /** What a path means. */
  route(target: RequestTarget): WireRoute;
  /** The key a request carries, or why it has none. */
  readKey(request: KeySource): KeyReading;
  /** Reads a generation request whose JSON could be parsed. */
  readCall(request: CallSource): CallReading;
  /** The body of the model list. */
  modelList(models: readonly ListedModel[]): unknown;
  /** The body that describes one model. */
  modelEntry(model: ListedModel): unknown;
  /** The refusal of a request, in this format's words and status. */
  refusal(problem: RequestProblem, stamp: Stamp): WireError;
  /** An error that a fault asked for. */
  failure(failure: AskedFailure, stamp: Stamp): WireError;
  /** The piece of stream that reports an error after a good beginning. */
  errorFrame(
    failure: AskedFailure & { readonly framing?: 'raw' | 'event' },
    stamp: Stamp,
  ): string | Uint8Array;
  /** A piece of stream that looks like a data event and holds no valid JSON. */
  readonly garbageFrame: string | Uint8Array;
  /** Headers of an answer, beside `content-type` and `content-length`. */
  headers(stamp: Stamp): Record<string, string>;
  readonly jsonContentType: string;
}

/** Method and address of a request, without provider prefix. */
export interface RequestTarget {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Work other than answering a conversation. */
export type PlainWork = 'embeddings' | 'rerank' | 'moderation' | 'images' | 'speech' | 'transcription';

/** What a request wants. */
export type WireRoute =
  | {
      readonly kind: 'generate';
      /** What is generated. Absent: an answer to a conversation. */
      readonly what?: PlainWork;
      /** Where the format says so in the address. */
      readonly model?: string;
      /** Where the format says so in the address. */
      readonly streaming?: 'unary' | 'sse' | 'json-array';
    }
  /** An access token, in exchange for an assertion. */
  | { readonly kind: 'token' }
  | { readonly kind: 'list-models' }
  | { readonly kind: 'get-model'; readonly model: string }
  | { readonly kind: 'wrong-method' }
  | { readonly kind: 'not-found' };

/** Where a key may be, and what a signature is made of. */
export interface KeySource {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: URLSearchParams;
}

/** A signature over a request. */
export interface ReceivedSignature {
  readonly keyId: string;
  /** Whether the key with this secret made it, over exactly this request, now. */
  check(secret: string, body: string): 'right' | 'wrong' | 'expired';
}

/** A key, never stored, or what is missing. */
export type KeyReading =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'signature'; readonly signature: ReceivedSignature }
  | { readonly kind: 'refused'; readonly problem: RequestProblem };

/** A parsed body and what the address said. */
export interface CallSource {
  readonly body: unknown;
  readonly headers: KeySource['headers'];
  readonly route: Extract<WireRoute, { kind: 'generate' }>;
  readonly unknownFields: UnknownFields;
  /** Tokens of text in one stream event. */
  readonly tokensPerChunk: number;
}

/** A call and how to write its answer, or what is wrong with the request. */
export type CallReading =
  | {
      readonly kind: 'call';
      readonly call: SimulatedCall;
      readonly writer: AnswerWriter;
      /** What is wrong with the request if its model always reasons. */
      readonly ifReasoningModel?: RequestProblem;
    }
  | {
      readonly kind: 'refused';
      readonly problem: RequestProblem;
      /** As far as they could be read. */
      readonly model?: string;
      readonly stream: boolean;
    };

/** Writes the answer of one call. */
export interface AnswerWriter {
  readonly streamContentType: string;
  /** Default: the format's own. */
  readonly unaryContentType?: string;
  /** Whole body. */
  unary(args: WriteArgs): string | Buffer;
  /** Events in order. */
  stream(args: WriteArgs): Iterable<Frame>;
}

/** What is written, and under which ids. */
export interface WriteArgs {
  readonly answer: Answer;
  readonly stamp: Stamp;
  /** `omit` leaves the usage report out. */
  readonly usage: 'report' | 'omit';
}

/** One stream event, framed and ready to send. */
export interface Frame {
  readonly data: string | Uint8Array;
  /** Output tokens that were generated for it. */
  readonly tokens: number;
  /** Of these: reasoning. */
  readonly reasoningTokens: number;
}

/** Ids and times that make one answer different from the next. */
export interface Stamp {
  /** Unique within the process: letters and digits. */
  readonly id: string;
  readonly unixMs: number;
  /** Time from the request to the answer. */
  readonly processingMs: number;
}

/** A model as it is listed. */
export interface ListedModel {
  readonly name: string;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly reasoning: 'on-request' | 'never' | 'always';
  /** When this simulator started. */
  readonly createdUnixMs: number;
}

/** Why a request is refused. */
export type RequestProblem =
  | { readonly kind: 'no-key' }
  | { readonly kind: 'wrong-key' /** For a message that shows its end. */; readonly keyHint: string }
  | { readonly kind: 'wrong-version' /** Absent: none was sent. */; readonly version?: string }
  | { readonly kind: 'not-found'; readonly target: RequestTarget }
  | { readonly kind: 'wrong-method'; readonly target: RequestTarget }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'shape'; readonly problem: ShapeProblem }
  | { readonly kind: 'rule'; readonly message: string; readonly field?: string; readonly code?: string }
  | { readonly kind: 'unknown-model'; readonly model: string }
  | { readonly kind: 'context-exceeded'; readonly tokens: number; readonly limit: number }
  | { readonly kind: 'reasoning-unsupported'; readonly model: string }
  | { readonly kind: 'reasoning-required'; readonly model: string };

/** An error that a fault asked for. */
export interface AskedFailure {
  /** Absent inside a stream: what belongs to the type. */
  readonly status?: number;
  readonly errorType?: string;
  readonly message?: string;
  readonly retryAfter?: RetryAfter;
}

/** An error answer without the headers that every answer has. */
export interface WireError {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
