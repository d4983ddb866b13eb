import type { Toxic } from './toxic.ts';

export interface TcpProxyOptions {
  /** Where connections go. */
  readonly target: { readonly host: string; readonly port: number };
  /** Port to listen on, on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** Numbers in [0, 1) for the jitter of `latency`. Default `Math.random`. */
  readonly random?: () => number;
}

/** A proxy on 127.0.0.1. Dispose it with `close`, or by `await using`. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Open connections from callers, now. */
  readonly connections: number;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Replaces the toxic; undefined heals: what was held back flows again. Resolves when it is in force. */
  set(toxic: Toxic | undefined): Promise<void>;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

export function startTcpProxy(_options: TcpProxyOptions): Promise<TcpProxy> {
  throw new Error('in work');
}
