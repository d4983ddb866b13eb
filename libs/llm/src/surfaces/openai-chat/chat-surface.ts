import type {
  CompleteRequest,
  CompleteResponse,
  StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import type { FieldViolation, Result, ServiceError } from '@switchyard/kernel';

/** A chat completion request, decoded. */
export interface ChatRequest {
  readonly request: CompleteRequest;
  /** Whether the answer is to be streamed. */
  readonly stream: boolean;
  /** Whether a stream ends with a chunk of usage (`stream_options.include_usage`). */
  readonly includeUsage: boolean;
}

/** Turns the body of `POST /v1/chat/completions` into the canonical request, or names every field that is wrong. */
export function decodeChatRequest(_json: unknown): Result<ChatRequest, FieldViolation[]> {
  throw new Error('being written');
}

/** The body of a unary answer. */
export function encodeChatResponse(
  _response: CompleteResponse,
  _head: {
    /** Unix time in seconds. */ readonly created: number /** Model as asked for. */;
    readonly model: string;
  },
): object {
  throw new Error('being written');
}

/** Writes one streamed answer as server-sent events. */
export interface ChatStreamEncoder {
  /** SSE text for an event; "" where there is nothing to send. `finished` gives the final chunks and `[DONE]`. */
  encode(event: StreamCompleteResponse): string;
  /** SSE text for a failure after the first byte; no `[DONE]` follows. */
  encodeError(error: ServiceError): string;
}

/** Settings of one streamed answer. */
export interface ChatStreamOptions {
  /** Id of the completion, "chatcmpl-…". */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** Model as asked for. */
  readonly model: string;
  /** Whether a chunk of usage comes before `[DONE]`. */
  readonly includeUsage: boolean;
}

export function createChatStreamEncoder(_options: ChatStreamOptions): ChatStreamEncoder {
  throw new Error('being written');
}

/** An error in OpenAI's shape. */
export interface ChatError {
  /** HTTP status. */
  readonly status: number;
  /** `retry-after`, where it is known. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string | null;
    };
  };
}

export function encodeChatError(_error: ServiceError): ChatError {
  throw new Error('being written');
}
