import { constants, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** A stream that its caller resets sooner than this has cost work and could have had no answer. */
const PREMATURE_MS = 50;
/** Most premature resets of a connection that are not made good by a stream that lived. */
const MAX_PREMATURE = 100;

/**
 * Ends connections that begin streams only to reset them (CVE-2023-44487, "rapid reset"), with ENHANCE_YOUR_CALM. The criterion is
 * Envoy's, premature resets in the majority, with a shorter life: callers whose deadline passes reset many calls at once too,
 * which nghttp2's own limit (1,000, then 33/s) cannot tell apart, and at 1,000 the event loop has stood still for 300 ms.
 * Call it when the server listens. Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/runtime
 */
export function limitResets(server: Server): void {
  // grpc-js makes its HTTP/2 servers itself and gives them to nobody: this private field is the only way to their sessions.
  const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<Http2Server, unknown> };
  for (const http2Server of http2Servers.keys()) http2Server.on('session', watchSession);
}

function watchSession(session: ServerHttp2Session): void {
  let premature = 0;
  session.on('stream', (stream: ServerHttp2Stream) => {
    const begunAtMs = performance.now();
    stream.once('close', () => {
      // Aborted: reset, with whatever code, while the answer was open. One that is refused at once may be reset before that has gone out.
      const isReset = stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR;
      const isPremature = isReset && performance.now() - begunAtMs < PREMATURE_MS;
      premature = isPremature ? premature + 1 : Math.max(0, premature - 1);
      if (premature > MAX_PREMATURE && !session.destroyed) endSession(session);
    });
  });
}

function endSession(session: ServerHttp2Session): void {
  session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  session.destroy();
}
