/** HTTP headers; names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An HTTP POST, without origin, authorization and attempt id. */
export interface EncodedRequest {
  /** Below the provider's base URL, beginning with "/". Percent-encoded. */
  readonly path: string;
  /** Without "?"; `undefined` for none. */
  readonly query: string | undefined;
  /** Headers with lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The same, or bytes where the body is a form with a file in it. */
export interface SendableRequest extends Omit<EncodedRequest, 'body'> {
  readonly body: string | Buffer;
}

/** A whole HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Buffer;
  /** Wall time now, in ms since 1970, for Retry-After dates. */
  readonly wallNowMs: number;
}
