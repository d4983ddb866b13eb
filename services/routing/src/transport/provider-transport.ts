import type { Readable } from 'node:stream';
import type { EncodedRequest } from '@switchyard/llm';
import { Pool } from 'undici';
import type { ConfiguredProvider } from '../domain/snapshot/snapshot.ts';

/** One HTTP request to a provider. */
export interface ProviderCall {
  readonly provider: ConfiguredProvider;
  readonly encoded: EncodedRequest;
  /** Headers beside those of the encoded request: authorization, attempt id. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The head of an answer, and its body to be read. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable & { dump(): Promise<unknown> };
}

/** Connections to one origin at the most. */
const MAX_CONNECTIONS = 1_024;
/** Pools kept; the one that was used longest ago goes first. */
const MAX_POOLS = 512;

/** Speaks HTTP/1.1 with providers: TLS 1.3, kept connections, no redirects, no environment proxies. */
export class ProviderTransport {
  readonly #pools = new Map<string, Pool>();

  /** @throws whatever the connection throws; read it with `classifyTransportError` */
  async send({ provider, encoded, headers, signal }: ProviderCall): Promise<ProviderAnswer> {
    const url = new URL(provider.baseUrl);
    const path = `${url.pathname.replace(/\/$/, '')}${encoded.path}${encoded.query === undefined ? '' : `?${encoded.query}`}`;
    const {
      statusCode,
      headers: answered,
      body,
    } = await this.#pool(url.origin, provider.limits.connectMs).request({
      method: 'POST',
      path,
      headers: { ...encoded.headers, ...headers },
      body: encoded.body,
      signal,
      // The attempt's own time limits are finer than undici's.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: statusCode, headers: answered, body };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #pool(origin: string, connectMs: number): Pool {
    const key = `${origin} ${connectMs}`;
    const known = this.#pools.get(key);
    if (known !== undefined) {
      // Last in the map's order: used last.
      this.#pools.delete(key);
      this.#pools.set(key, known);
      return known;
    }
    const pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: { timeout: connectMs, minVersion: 'TLSv1.3' },
    });
    this.#pools.set(key, pool);
    if (this.#pools.size > MAX_POOLS) {
      const [oldest, unused] = this.#pools.entries().next().value as [string, Pool];
      this.#pools.delete(oldest);
      void unused.close();
    }
    return pool;
  }
}
