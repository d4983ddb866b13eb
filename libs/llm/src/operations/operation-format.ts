import type { Result } from '@switchyard/kernel';
import type { Dialect } from '../formats/dialect.ts';
import type { HttpAnswer, SendableRequest } from '../formats/http-message.ts';
import type { ModelTraits } from '../formats/model-traits.ts';
import type { ProviderError } from '../formats/provider-error.ts';
import type { Unsupported } from '../formats/unsupported.ts';
import type { OperationAnswers, OperationKind, OperationRequests } from './operation.ts';

/** Kinds of work that are answered in one piece and that a wire format may offer beside chats. */
export type PlainOperationKind = Exclude<OperationKind, 'chat'>;

/** What is to be sent. */
export interface PlainEncodeInput<Request> {
  readonly request: Request;
  /** Model id at the provider. */
  readonly model: string;
  /** How the vendor differs from the format. Default: not at all. */
  readonly dialect?: Dialect | undefined;
  /** What is known of the model. Default: nothing. */
  readonly traits?: ModelTraits | undefined;
}

/** How one kind of work is asked for and answered in a wire format. Pure. */
export interface OperationFormat<Kind extends PlainOperationKind> {
  /** The first thing in the request that cannot be expressed. */
  findUnsupported(input: PlainEncodeInput<OperationRequests[Kind]>): Unsupported | undefined;
  /** The request as HTTP, or the first thing in it that cannot be expressed. */
  encodeRequest(input: PlainEncodeInput<OperationRequests[Kind]>): Result<SendableRequest, Unsupported>;
  /** A whole answer to a request: success only for 2xx with a complete, well-formed body that fits what was asked. */
  decodeResponse(
    answer: HttpAnswer,
    request: OperationRequests[Kind],
  ): Result<OperationAnswers[Kind], ProviderError>;
}

/** What a wire format offers beside chats; absent: it does not. */
export type OperationFormats = { readonly [Kind in PlainOperationKind]?: OperationFormat<Kind> };
