import { Metadata } from '@grpc/grpc-js';
import { requirePermission } from '../auth/principal.ts';
import type { Rpc, UnaryHandler } from '../grpc/define-service.ts';
import { encodePlainError } from './encode-plain-error.ts';
import { type HttpRoute, sendJson } from './http-call.ts';
import { QueryReader } from './read-query.ts';

/** A unary RPC that reads something, as it is asked by HTTP. */
export interface RpcRouteOptions<Req, Res> {
  /** The RPC itself: what it needs and what it does is the same at both doors. */
  readonly rpc: Rpc<UnaryHandler<Req, Res>>;
  /** The request in the query; `path` is what is below a route that ends with `/*`, decoded. */
  readonly read: (query: QueryReader, path: string) => Req;
  /** The answer in protobuf's JSON. */
  readonly encode: (response: Res) => unknown;
  /** What a path of this route begins with, for those that end with `/*`. */
  readonly below?: string;
}

/** Serves an RPC by `GET`: the request in the query, the answer as JSON, errors as google.rpc.Status. */
export function rpcRoute<Req, Res>({ rpc, read, encode, below = '' }: RpcRouteOptions<Req, Res>): HttpRoute {
  return {
    encodeError: encodePlainError,
    async answer({ response, principal, signal, url }) {
      requirePermission(principal, rpc.permission);
      const query = new QueryReader(url);
      const request = read(query, decoded(url.pathname.slice(below.length)));
      query.finish();
      const context = {
        principal,
        signal,
        deadlineAtMs: undefined,
        span: undefined,
        metadata: new Metadata(),
      };
      sendJson(response, { status: 200, body: encode(await rpc.handle(request, context)) });
    },
  };
}

/** A path as it was meant; as it is where it is badly encoded: then nothing has this name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
