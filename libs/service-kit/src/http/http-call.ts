import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceError } from '@switchyard/kernel';
import type { Principal } from '../auth/principal.ts';

/** Counts bytes as under way. @throws OVERLOADED where there are too many */
export type TakeBytes = (bytes: number) => void;

/** One HTTP request on its way through a route. */
export interface HttpCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly principal: Principal;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
  readonly url: URL;
  /** Counts bytes of the request as under way until it is answered. */
  readonly take: TakeBytes;
}

/** An error as it goes over HTTP. */
export interface HttpError {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Tells an error in the shape that a route's callers know. */
export type EncodeError = (error: ServiceError) => HttpError;

/** What is behind one path. */
export interface HttpRoute {
  /** Answers one request. Errors that it throws before it has written are answered for it. */
  answer(call: HttpCall): Promise<void>;
  /** Also for what fails before: an unknown key, a body too large. */
  readonly encodeError: EncodeError;
}

/** An answer with a JSON body. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}
