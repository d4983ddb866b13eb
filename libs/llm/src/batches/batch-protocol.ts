import type { Result } from '@switchyard/kernel';
import type { HttpAnswer, SendableRequest } from '../formats/http-message.ts';
import type { ProviderError } from '../formats/provider-error.ts';

/** An HTTP request about batches, without origin and authorization. */
export interface BatchRequest extends SendableRequest {
  readonly method: 'GET' | 'POST';
}

/** What is given to a provider as one batch. */
export interface NewProviderBatch {
  /** What it is to be found again by: letters, digits and `-`, at most 36. */
  readonly name: string;
  /** Lines as `encodeLine` gave them, each with its newline. */
  readonly lines: readonly string[];
  /** Path of the lines' requests, below the provider's base URL. */
  readonly path: string;
}

/** A batch as its provider tells of it. */
export interface ProviderBatch {
  /** The provider's id of it. */
  readonly id: string;
  /** The name that it was made with; undefined where the provider keeps none. */
  readonly name: string | undefined;
  /** `ended`: no result follows. `failed`: nothing was answered, nothing will be. */
  readonly state: 'running' | 'ended' | 'failed';
  /** Why it failed, in one line; '' elsewhere. */
  readonly detail: string;
  /** Lines in it; undefined where the provider does not tell yet. */
  readonly lines: number | undefined;
  /** In milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Where its results are, as JSON lines; empty until there are some. */
  readonly results: readonly BatchRequest[];
}

/** Some of a key's batches, the newest first. */
export interface ProviderBatchPage {
  readonly batches: readonly ProviderBatch[];
  /** Where the next page begins; undefined at the end. */
  readonly after: string | undefined;
}

/** What came of a line. */
export type BatchLineEnd =
  /** As its path would have answered, and it is charged as such. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  /** Its turn did not come before the batch's time was over. */
  | { readonly kind: 'expired' }
  /** The batch was cancelled before its turn came. */
  | { readonly kind: 'cancelled' };

/** A line of a file of results. */
export interface BatchLineResult {
  /** As it was submitted. */
  readonly customId: string;
  readonly end: BatchLineEnd;
}

/** How one provider API takes many requests at once, for less money and within 24 hours. Pure. */
export interface BatchProtocol {
  /** Whether a request can be a line: not every path can, and a line has no headers of its own. */
  takes(request: SendableRequest): boolean;
  /** A request as a line, with its newline. @param customId 1 to 64 of `a-z A-Z 0-9 _ -`, unique in the batch */
  encodeLine(customId: string, request: SendableRequest): string;
  /** How the lines are brought, where that is a step of its own. */
  readonly upload?:
    | {
        encode(batch: NewProviderBatch): BatchRequest;
        /** Id of the file. */
        decode(answer: HttpAnswer): Result<string, ProviderError>;
      }
    | undefined;
  /** @param fileId what `upload` gave */
  create(batch: NewProviderBatch, fileId: string): BatchRequest;
  get(id: string): BatchRequest;
  cancel(id: string): BatchRequest;
  list(after: string | undefined): BatchRequest;
  /** The answer to `create`, `get` and `cancel`. */
  decodeBatch(answer: HttpAnswer): Result<ProviderBatch, ProviderError>;
  /** The answer to `list`. */
  decodeList(answer: HttpAnswer): Result<ProviderBatchPage, ProviderError>;
  /** A line of the results; undefined where it is none. */
  decodeResult(line: string): BatchLineResult | undefined;
}
