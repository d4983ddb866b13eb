import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than any client keeps an idle connection: the client closes first, so no request meets a closing one. */
const KEEP_ALIVE_MS = 120_000;
const DRAIN_CHECK_MS = 20;
/** Connections that wait to be accepted: gateways open thousands at once. */
const MAX_WAITING_CONNECTIONS = 4_096;

/** A server that accepts requests. */
export interface Listener {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Stops accepting; lets running requests end for `graceMs`, then cuts the rest. */
  close(graceMs: number): Promise<void>;
}

/** Starts a server. @throws Error in one sentence when the port can not be had. */
export async function listen(args: {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly listener: RequestListener;
}): Promise<Listener> {
  const { host, port, maxConnections, listener } = args;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(`simulator: can not listen on ${host}:${port} (${cause.code})`, { cause })),
    );
    server.listen({ host, port, backlog: MAX_WAITING_CONNECTIONS }, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { origin: `http://${shown}:${address.port}`, close: (graceMs) => closeServer(server, graceMs) };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), DRAIN_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
