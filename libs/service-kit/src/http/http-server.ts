import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceError } from '@switchyard/kernel';
import type { Authenticate } from '../grpc/authenticate-call.ts';
import { toServiceError } from '../grpc/status-of-error.ts';
import type { ByteBudget } from '../load/byte-budget.ts';
import type { Logger } from '../telemetry/logger.ts';
import { endSpan, inSpan, startHttpSpan } from '../telemetry/spans.ts';
import { type EncodeError, type HttpRoute, sendJson } from './http-call.ts';
import { HttpDrain } from './http-drain.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** `METHOD /path`; a path that ends with `/*` takes everything below it. */
  readonly routes: ReadonlyMap<string, HttpRoute>;
  /** The shape of errors where there is no route. */
  readonly strayError: (headers: IncomingHttpHeaders) => EncodeError;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** Bounds the bytes of all requests under way. */
  readonly requestBytes: ByteBudget;
}

/** A running HTTP server. */
export interface RunningHttpServer {
  readonly port: number;
  /** Takes no new requests, lets those under way end, at most for the time given. No caller meets a cut connection. */
  stop(graceMs: number): Promise<void>;
}

/** Most bytes of all headers of a request. */
const MAX_HEADER_BYTES = 32 * 1024;
/** Longest time for a request to arrive whole. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Connections that wait to be accepted; the system's own bound (Linux: net.core.somaxconn) may be lower. */
const MAX_WAITING_CONNECTIONS = 4_096;

/** Serves routes by HTTP: every one authenticated, errors in its shape. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningHttpServer> {
  const drain = new HttpDrain();
  const serving = { ...options, drain, exactTargets: exactTargets(options.routes) };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: 65_000,
      noDelay: true,
    },
    (request, response) => void answer(request, response, serving),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(
          `cannot listen on ${options.host}:${options.port} for HTTP: ${error.message}; is the port in use?`,
          { cause: error },
        ),
      ),
    );
    server.listen({ host: options.host, port: options.port, backlog: MAX_WAITING_CONNECTIONS }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs) => drain.end(server, graceMs),
  };
}

interface Serving extends HttpServerOptions {
  readonly drain: HttpDrain;
  /** Targets that are the path of a route and nothing else: most requests have one, and it need not be read again. */
  readonly exactTargets: ReadonlyMap<string, URL>;
}

const exactTargets = (routes: HttpServerOptions['routes']): ReadonlyMap<string, URL> =>
  new Map(
    [...routes.keys()].map((route) => {
      const path = route.slice(route.indexOf(' ') + 1);
      return [path, new URL(path, ANY_HOST)];
    }),
  );

/** A target is read below it; nobody looks at it. */
const ANY_HOST = 'http://host';

async function answer(request: IncomingMessage, response: ServerResponse, options: Serving): Promise<void> {
  const { drain, exactTargets } = options;
  drain.watch(response);
  const target = request.url ?? '/';
  const url = exactTargets.get(target) ?? URL.parse(target, ANY_HOST);
  const span = startHttpSpan(`${request.method} ${url?.pathname ?? ''}`, request.headers);
  const abort = new AbortController();
  response.on('close', () => {
    drain.forget(response);
    if (!response.writableFinished) abort.abort();
  });
  let takenBytes = 0;
  const take = (bytes: number): void => {
    options.requestBytes.take(bytes);
    takenBytes += bytes;
  };
  let failure: ServiceError | undefined;
  let encodeError = options.strayError(request.headers);
  try {
    if (url === null) throw targetUnreadable();
    const route = findRoute(options.routes, request.method ?? 'GET', url.pathname);
    encodeError = route.encodeError;
    const principal = await options.authenticate(authorizationOf(request));
    await inSpan(span, () => route.answer({ request, response, principal, signal: abort.signal, url, take }));
  } catch (thrown) {
    failure = toServiceError(thrown);
    if (failure.code === 'INTERNAL')
      options.log.error({ err: failure, cause: failure.cause }, failure.publicMessage);
    fail(response, { failure, encodeError });
  } finally {
    options.requestBytes.give(takenBytes);
    endSpan(span, failure);
    // A body that nobody read would hold the connection.
    if (!request.complete) request.resume();
  }
}

/** OpenAI's header, or Anthropic's. @throws where they name two callers */
function authorizationOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, 'x-api-key': key } = headers;
  if (key === undefined) return authorization;
  const byKey = `Bearer ${String(key)}`;
  if (authorization !== undefined && authorization !== byKey) throw callerAmbiguous();
  return byKey;
}

const callerAmbiguous = () =>
  new ServiceError({
    reason: 'CALLER_AMBIGUOUS',
    code: 'INVALID_ARGUMENT',
    publicMessage: 'the headers authorization and x-api-key hold different keys; send one',
  });

function findRoute(routes: ReadonlyMap<string, HttpRoute>, method: string, path: string): HttpRoute {
  const asked = `${method} ${path}`;
  const above = () => [...routes].find(([key]) => key.endsWith('/*') && asked.startsWith(key.slice(0, -1)));
  const route = routes.get(asked) ?? above()?.[1];
  if (route !== undefined) return route;
  throw new ServiceError({
    reason: 'ROUTE_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no ${asked}; there are ${[...routes.keys()].join(', ')}`,
  });
}

/** `//` and the like: a request line may hold what is no URL, and anyone may send one. */
const targetUnreadable = () =>
  new ServiceError({
    reason: 'TARGET_UNREADABLE',
    code: 'INVALID_ARGUMENT',
    publicMessage: 'the path of the request cannot be read',
  });

function fail(
  response: ServerResponse,
  { failure, encodeError }: { readonly failure: ServiceError; readonly encodeError: EncodeError },
): void {
  // A stream has told of its failure itself.
  if (response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = encodeError(failure);
  const requestId = failure.metadata.request_id;
  const named: Record<string, string> =
    requestId === undefined ? {} : { 'x-switchyard-request-id': requestId };
  sendJson(response, { status, body, headers: { ...headers, ...named } });
}
