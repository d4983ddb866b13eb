import type { ServerResponse } from 'node:http';
import type { Stamp, WireError, WireFormat } from '../wire/wire-format.ts';

/** Sends an error in the provider's own shape. */
export function sendWireError(args: {
  readonly res: ServerResponse;
  readonly wire: WireFormat;
  readonly error: WireError;
  readonly stamp: Stamp;
}): void {
  const { res, wire, error, stamp } = args;
  if (res.destroyed) return;
  res.writeHead(error.status, {
    'content-type': wire.jsonContentType,
    'content-length': String(Buffer.byteLength(error.body)),
    'x-simulated-by': 'switchyard',
    ...wire.headers(stamp),
    ...error.headers,
    // What is left of an oversized body is not read: the connection can not be used again.
    ...(error.status === 413 && { connection: 'close' }),
  });
  res.end(error.body);
}
