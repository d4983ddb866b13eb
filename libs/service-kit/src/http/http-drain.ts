import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How long a kept connection may stay unused before it is closed. */
const IDLE_MS = 1_000;

/**
 * Ends an HTTP server without a caller noticing. A server that closes a kept connection races with the next request on it,
 * which the caller must not send again by itself (RFC 9112 §9.3.1): so every answer from now on ends its connection by
 * `connection: close`, and only connections on which nothing comes are closed.
 */
export class HttpDrain {
  readonly #open = new Set<ServerResponse>();
  #draining = false;

  /** Told of every answer before anything of it is written. Whoever tells of it says when it is {@link forget | closed}. */
  watch(response: ServerResponse): void {
    if (this.#draining) response.setHeader('connection', 'close');
    else this.#open.add(response);
  }

  /** An answer is closed. */
  forget(response: ServerResponse): void {
    this.#open.delete(response);
  }

  /** Resolves when no connection is left, by force after so long. */
  async end(server: Server, graceMs: number): Promise<void> {
    this.#draining = true;
    for (const response of this.#open) if (!response.headersSent) response.setHeader('connection', 'close');
    await closeUnused(server, graceMs);
  }
}

function closeUnused(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const closeIdle = () => server.closeIdleConnections();
    // After a standstill the timer is due before what has come on connections is read: so they are read first.
    const sweep = setInterval(() => setImmediate(closeIdle), Math.min(IDLE_MS, graceMs));
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    // The HTTP server's own `close` would cut unused connections at once; this one only stops listening.
    NetServer.prototype.close.call(server, () => {
      clearInterval(sweep);
      clearTimeout(force);
      resolve();
    });
  });
}
