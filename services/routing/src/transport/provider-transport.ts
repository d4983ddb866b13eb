import type { SendableRequest } from '@switchyard/llm';
import { AddressNotAllowedError, judgedLookup, type ResolveHost } from '@switchyard/service-kit';
import { buildConnector, Pool } from 'undici';
import {
  type HostRules,
  type ProviderAddress,
  type ProviderReach,
  reachOfProvider,
} from '../domain/provider/base-url.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import { AnswerBytes } from './answer-bytes.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';
import { ProviderExchange } from './provider-exchange.ts';
import { requestPath } from './request-path.ts';

/** One HTTP request to a provider. */
export interface ProviderCall {
  readonly provider: ConfiguredProvider;
  /** Default POST. */
  readonly method?: 'GET' | 'POST';
  readonly encoded: SendableRequest;
  /** Headers beside those of the encoded request: authorization, attempt id. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends it; nothing else does. */
  readonly deadline: AttemptDeadline;
  /** Told when the request begins to be written; never where no connection came about. */
  readonly onSending: () => void;
}

/** Connections to one origin at the most; what comes above waits for one. Each is a file descriptor. */
const MAX_CONNECTIONS = 8_192;
/** Pools kept; the one that was used longest ago goes first. */
const MAX_POOLS = 512;

/** What a call fails with that was ended from this side; why is told by its deadline. */
export const ENDED = new Error('the call was ended from this side');

/** What connections are made by. */
export interface TransportOptions {
  readonly hosts: HostRules;
  readonly resolve: ResolveHost;
}

/** Connections of one kind: to one origin, by one rule of which addresses they may have. */
interface PoolKind {
  readonly address: ProviderAddress;
  readonly connectMs: number;
  readonly reach: ProviderReach;
}

/**
 * Speaks HTTP/1.1 with providers: TLS 1.3, kept connections, no redirects, no environment proxies. A host is resolved once
 * for each connection, every address is judged, and only judged ones are connected to.
 */
export class ProviderTransport {
  readonly #options: TransportOptions;
  readonly #pools = new Map<string, Pool>();
  /** Counts the answers that are being read. */
  readonly answerBytes = new AnswerBytes();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Begins an exchange. What it and the connection fail with, or {@link ENDED}, is thrown by the reading of its head and body;
   * read it with `classifyTransportError`.
   *
   * @throws AddressNotAllowedError, ENDED
   */
  send({ provider, method = 'POST', encoded, headers, deadline, onSending }: ProviderCall): ProviderExchange {
    const { address, tenant } = provider;
    const { connectMs } = provider.limits;
    const reach = reachOfProvider(tenant, () => this.#options.hosts.isNamed(address.target));
    const path = requestPath(address, encoded.path);
    const pool = this.#pool({ address, connectMs, reach });
    const exchange = new ProviderExchange(onSending);
    if (!deadline.whenEnded(() => exchange.end(ENDED))) throw ENDED;
    pool.dispatch(
      {
        method,
        path: encoded.query === undefined ? path : `${path}?${encoded.query}`,
        // The provider's come first, so that they replace nothing, and no signature covers them.
        headers: { ...provider.headers, ...encoded.headers, ...headers },
        body: method === 'GET' ? null : encoded.body,
        // The attempt's own time limits are finer than undici's.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange,
    );
    return exchange;
  }

  /** Opens a connection of its own, with TLS where the address has it, and closes it; nothing is sent. @throws as {@link send} */
  async connect(
    { address: { origin, target }, tenant, limits }: ConfiguredProvider,
    deadline: AttemptDeadline,
  ): Promise<void> {
    const reach = reachOfProvider(tenant, () => this.#options.hosts.isNamed(target));
    const { host, protocol } = new URL(origin);
    // Sockets know IPv6 addresses without the brackets that URLs have.
    const where = { hostname: target.host, host, protocol, port: String(target.port) };
    const connector = buildConnector(this.#connecting({ target, connectMs: limits.connectMs, reach }));
    await new Promise<void>((resolve, reject) => {
      if (!deadline.whenEnded(() => reject(ENDED))) throw ENDED;
      connector(where, (error, socket) => {
        socket?.destroy();
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** Whether a request may go there at all: without TLS only to hosts that the operator named. */
  mayReach({ origin, target }: ProviderAddress): boolean {
    return origin.startsWith('https:') || this.#options.hosts.isNamed(target);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #pool(kind: PoolKind): Pool {
    // The reach is part of the key: what the installation may connect to is not there for a tenant to use.
    const key = `${kind.address.origin} ${kind.connectMs} ${kind.reach}`;
    const known = this.#pools.get(key);
    if (known !== undefined) {
      // Last in the map's order: used last.
      this.#pools.delete(key);
      this.#pools.set(key, known);
      return known;
    }
    const pool = this.#open(kind);
    this.#pools.set(key, pool);
    if (this.#pools.size > MAX_POOLS) {
      const [oldest, unused] = this.#pools.entries().next().value as [string, Pool];
      this.#pools.delete(oldest);
      void unused.close();
    }
    return pool;
  }

  #open({ address: { origin, target }, connectMs, reach }: PoolKind): Pool {
    return new Pool(origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: this.#connecting({ target, connectMs, reach }),
    });
  }

  /** How connections are made. @throws AddressNotAllowedError */
  #connecting({
    target,
    connectMs,
    reach,
  }: Pick<PoolKind, 'connectMs' | 'reach'> & Pick<ProviderAddress, 'target'>): buildConnector.BuildOptions {
    const { hosts, resolve } = this.#options;
    // No lookup is asked for a host that is an address.
    if (hosts.forbidsLiteral(target, reach)) throw new AddressNotAllowedError(target.host);
    return { timeout: connectMs, minVersion: 'TLSv1.3', lookup: judgedLookup({ reach, resolve }) };
  }
}
