import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { judgeAddresses, type NamedHosts } from '../domain/address-rules.ts';
import type { HostAndPort } from '../domain/host.ts';
import { parseIpAddress } from '../domain/ip-address.ts';
import { addressForbidden, connectorError } from '../errors.ts';

/** Gives the addresses of a name. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** The system's own resolver, hosts file included. */
export const resolveBySystem: ResolveHost = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** What `net.connect` and `tls.connect` need to reach a host by judged addresses only. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  /** Gives the judged addresses, whatever it is asked for: the name is not resolved a second time. */
  readonly lookup: LookupFunction;
  readonly autoSelectFamily: true;
}

/** The one door to the network: a host's addresses are found once, all judged, and only those are dialled. */
export class AddressGuard {
  readonly #named: NamedHosts;
  readonly #resolve: ResolveHost;

  constructor({ named, resolve }: { readonly named: NamedHosts; readonly resolve: ResolveHost }) {
    this.#named = named;
    this.#resolve = resolve;
  }

  /**
   * @param signal ends the waiting for the resolver, which has no time limit of its own
   * @throws ADDRESS_FORBIDDEN; TARGET_UNAVAILABLE where the name has no address
   */
  async dial(target: HostAndPort, signal?: AbortSignal): Promise<Dial> {
    const isLiteral = parseIpAddress(target.host) !== undefined;
    const addresses = isLiteral ? [target.host] : await this.#find(target.host, signal);
    const verdict = judgeAddresses(target, { addresses, named: this.#named });
    if (!verdict.allowed) {
      if (verdict.kind === 'unresolved') throw connectorError('TARGET_UNAVAILABLE');
      throw addressForbidden(verdict.kind);
    }
    return {
      host: target.host,
      port: target.port,
      lookup: (_host, options, callback) => {
        const judged = verdict.addresses.map((address) => ({
          address,
          family: address.includes(':') ? 6 : 4,
        }));
        const first = judged[0] as (typeof judged)[number];
        if (options.all) callback(null, judged);
        else callback(null, first.address, first.family);
      },
      autoSelectFamily: true,
    };
  }

  async #find(host: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.#resolve(host), aborted.promise]);
    } catch (error) {
      throw connectorError('TARGET_UNAVAILABLE', { cause: error });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
