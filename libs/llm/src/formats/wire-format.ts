import type { CompleteRequest, Delta, FinishReason, Usage } from '@switchyard/contracts/routing';
import type { Result } from '@switchyard/kernel';
import type { AuthStyle } from '../auth/auth-style.ts';
import type { BatchProtocol } from '../batches/batch-protocol.ts';
import type { OperationFormats } from '../operations/operation-format.ts';
import type { DecodedResponse } from './decoded-response.ts';
import type { Dialect } from './dialect.ts';
import type { EncodedRequest, HttpAnswer, ResponseHeaders } from './http-message.ts';
import type { ModelTraits } from './model-traits.ts';
import type { ProviderError } from './provider-error.ts';
import type { Unsupported } from './unsupported.ts';

/** Ids of the wire formats, as in `Provider.wire_format`. */
export const WIRE_FORMAT_IDS = [
  'openai-chat',
  'anthropic-messages',
  'gemini',
  'ollama-native',
  'bedrock-converse',
  'vertex-gemini',
  'vertex-anthropic',
  'openai-responses',
  'azure-openai',
  'azure-openai-deployments',
  'cohere-v2',
] as const;

/** One of them. */
export type WireFormatId = (typeof WIRE_FORMAT_IDS)[number];

/** What is to be sent. */
export interface EncodeInput {
  readonly request: CompleteRequest;
  /** Model id at the provider. */
  readonly model: string;
  /**
   * Most output tokens, clamped to the model's limit; `undefined` leaves the provider's default. formats with `requiresOutputLimit`
   * refuse without.
   */
  readonly maxOutputTokens: number | undefined;
  /** Whether the answer is to be streamed. */
  readonly stream: boolean;
  /** How the vendor differs from the format. Default: not at all. */
  readonly dialect?: Dialect | undefined;
  /** What is known of the model. Default: nothing. */
  readonly traits?: ModelTraits | undefined;
}

/** One step of a streamed answer. */
export type StreamEvent =
  /** More of the answer. */
  | { readonly kind: 'delta'; readonly delta: Delta }
  /** What was used so far, as far as reported; takes the place of earlier ones. Counts for a stream that is cut. */
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The provider ended the answer properly. Always the last event. */
  | {
      readonly kind: 'finish';
      readonly finishReason: FinishReason;
      readonly usage: Usage | undefined;
      readonly providerModel: string;
    }
  /** The stream failed. Always the last event. */
  | { readonly kind: 'error'; readonly error: ProviderError };

/**
 * Bytes in, events out. Exactly one `finish` or `error` comes in all, as the last event; what is pushed after it is
 * ignored.
 */
export interface StreamDecoder {
  /** Takes the next bytes, cut anywhere. */
  push(chunk: Uint8Array): StreamEvent[];
  /** Tells that no bytes follow. Gives an error `broken_stream` where the answer had not ended. */
  end(): StreamEvent[];
}

/** Settings of a stream decoder. */
export interface StreamDecoderOptions {
  /** Wall time when the stream began, in ms since 1970. */
  readonly wallNowMs: number;
  /** Longest single event, in bytes; a longer one is an invalid_response. Default 4 MiB. */
  readonly maxEventBytes?: number;
}

/** One provider API as it is on the wire. Pure: no I/O, no clock. */
export interface WireFormat {
  readonly id: WireFormatId;
  /** The first thing in the request that cannot be expressed, for excluding a candidate without encoding. */
  findUnsupported(input: EncodeInput): Unsupported | undefined;
  /**
   * What of the model id and the output limit `findUnsupported` goes by, for this request: what it finds is the same for inputs
   * that are alike in this, the request, dialect and traits. So it need not look again for each of thousands of models.
   */
  unsupportedVariant(
    input: Pick<EncodeInput, 'request' | 'model' | 'maxOutputTokens'>,
  ): string | number | undefined;
  /** The request as HTTP, or the first thing in it that cannot be expressed. */
  encodeRequest(input: EncodeInput): Result<EncodedRequest, Unsupported>;
  /**
   * Whether the answer to a conversation that ends with the assistant's turn goes on in it, and holds only what is new. Default:
   * never; it is a new turn, or an error.
   */
  continuesLastTurn?(input: Pick<EncodeInput, 'request' | 'model'>): boolean;
  /** Set where every request must state a limit of its output. */
  readonly requiresOutputLimit?: true;
  /** How a key is shown, where neither the provider nor the catalog says so. */
  readonly authStyle: AuthStyle;
  /** A whole answer: success only for 2xx with a complete, well-formed body. */
  decodeResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError>;
  /** Whether the head of an answer begins a stream. For a status of 400 and more, read the body and classify it instead. */
  checkStreamHead(head: { status: number; headers: ResponseHeaders }): ProviderError | undefined;
  createStreamDecoder(options: StreamDecoderOptions): StreamDecoder;
  /** What an answer with a status that is not 2xx means. */
  classifyError(answer: HttpAnswer): ProviderError;
  /** How its list of models is asked for, where that is by GET and free. */
  readonly listModels?:
    | { readonly path: string; readonly headers?: Readonly<Record<string, string>> }
    | undefined;
  /** Other work than chats, as far as the API offers it. */
  readonly operations?: OperationFormats;
  /** How it takes many requests at once. Not everybody who speaks the format does. */
  readonly batches?: BatchProtocol | undefined;
}
