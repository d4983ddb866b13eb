import type {
  CompleteRequest,
  CompleteResponse,
  StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import type { FieldViolation, Result, ServiceError } from '@switchyard/kernel';

/** Headers of a caller's request; names in lower case. */
export type CallerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request of one surface, decoded. A surface adds what its answers need to know of it. */
export interface SurfaceRequest {
  readonly request: CompleteRequest;
  /** Whether the answer is to be streamed. */
  readonly stream: boolean;
  /**
   * Where each canonical message stands in the caller's body ("system", "messages[3]"), for telling of what is wrong with it.
   * Default: where the canonical request has it.
   */
  readonly places?: readonly string[];
}

/** What stands around an answer. */
export interface AnswerHead<Asked> {
  readonly asked: Asked;
  /** When the request came, in ms since 1970. */
  readonly createdAtMs: number;
}

/** What stands around a streamed answer. */
export interface StreamHead<Asked extends SurfaceRequest> extends AnswerHead<Asked> {
  readonly requestId: string;
}

/** An error in the shape of a surface. */
export interface SurfaceError {
  /** HTTP status. */
  readonly status: number;
  /** Whether and when to try again, where it is known. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Writes one streamed answer as server-sent events. */
export interface SurfaceStreamEncoder {
  /** SSE text for an event; "" where there is nothing to send. `finished` gives all that ends the stream. */
  encode(event: StreamCompleteResponse): string;
  /** SSE text for a failure after the first byte; nothing follows. */
  encodeError(error: ServiceError): string;
}

/** A file of a form, as the value of its field. */
export class FormFile {
  readonly filename: string;
  /** As the caller says it; "" where it does not. */
  readonly mediaType: string;
  readonly data: Buffer;

  constructor({ filename, mediaType, data }: Pick<FormFile, 'filename' | 'mediaType' | 'data'>) {
    this.filename = filename;
    this.mediaType = mediaType;
    this.data = data;
  }
}

/** A body that is no JSON. */
export class RawBody {
  readonly contentType: string;
  readonly bytes: Buffer;

  constructor(contentType: string, bytes: Buffer) {
    this.contentType = contentType;
    this.bytes = bytes;
  }
}

/** One API by which callers ask for work that is answered in one piece: how its requests are read, answers and errors told. Pure. */
export interface AnswerSurface<Asked, Answer> {
  /** As in `CompleteRequest.passthrough_format` where a wire format has the same name. */
  readonly id: string;
  /** How requests come. Default: as JSON. */
  readonly body?: 'form';
  /** The canonical request, or every field that is wrong, in the caller's names. A form comes as an object, see `FormFile`. */
  decode(body: unknown, headers: CallerHeaders): Result<Asked, FieldViolation[]>;
  /** The body of an answer in one piece: JSON, or a `RawBody`. */
  encodeResponse(response: Answer, head: AnswerHead<Asked>): object;
  /** Also for what is wrong before a request could be decoded: an unknown key, a body too large. */
  encodeError(error: ServiceError): SurfaceError;
  /** Names of canonical fields in the caller's body, where they differ: "sampling.max_output_tokens" → "max_tokens". */
  readonly fieldNames: ReadonlyMap<string, string>;
  /** Response header by which this API's clients know a request's id. */
  readonly requestIdHeader: string;
}

/**
 * One API by which callers ask for completions, whole or streamed. What lies between decoding and telling is the same for all of
 * them.
 */
export interface Surface<Asked extends SurfaceRequest = SurfaceRequest>
  extends AnswerSurface<Asked, CompleteResponse> {
  createStreamEncoder(head: StreamHead<Asked>): SurfaceStreamEncoder;
}
