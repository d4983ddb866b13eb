import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ProxiedConnection } from './proxied-connection.ts';
import { checkToxic, type Toxic } from './toxic.ts';
import { ToxicSetting } from './toxic-setting.ts';

/** What a proxy stands before. */
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
  /** Stays the same while the port is closed by `refuse`. */
  readonly port: number;
  /** Connections of callers that are open now. */
  readonly connections: number;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /**
   * Replaces the toxic; undefined heals: what was held back flows again. Resolves when it is in force.
   * @throws {RangeError} for a number that makes no sense
   */
  set(toxic: Toxic | undefined): Promise<void>;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a proxy that passes everything on until a toxic is set. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = new RunningProxy(options);
  await proxy.listen(options.port ?? 0);
  return proxy;
}

class RunningProxy implements TcpProxy {
  readonly #target: TcpProxyOptions['target'];
  readonly #random: () => number;
  readonly #setting = new ToxicSetting();
  readonly #open = new Set<ProxiedConnection>();
  #server: Server | undefined;
  port = 0;
  accepted = 0;

  constructor({ target, random = Math.random }: TcpProxyOptions) {
    this.#target = target;
    this.#random = random;
  }

  get connections(): number {
    return this.#open.size;
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => this.#accept(caller));
    server.listen({ host: HOST, port });
    await once(server, 'listening');
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async set(toxic: Toxic | undefined): Promise<void> {
    if (toxic !== undefined) checkToxic(toxic);
    this.#setting.set(toxic);
    if (toxic?.type === 'refuse') {
      const closed = this.#closePort();
      for (const connection of this.#open) connection.end('reset');
      await closed;
    } else if (this.#server === undefined) {
      await this.listen(this.port);
    }
  }

  async close(): Promise<void> {
    const closed = this.#closePort();
    for (const connection of this.#open) connection.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(caller: Socket): void {
    this.accepted += 1;
    const connection: ProxiedConnection = new ProxiedConnection({
      caller,
      target: this.#target,
      setting: this.#setting,
      random: this.#random,
      onClosed: () => this.#open.delete(connection),
    });
    this.#open.add(connection);
  }

  /** Resolves when the port is closed and its connections are gone. */
  async #closePort(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}
