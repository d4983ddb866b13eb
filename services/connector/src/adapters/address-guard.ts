import type { LookupFunction } from 'node:net';
import type { HostAndPort } from '@switchyard/kernel';
import {
  type AddressVerdict,
  findAddresses,
  lookupOf,
  type NamedHosts,
  type ResolveHost,
  reachOf,
} from '@switchyard/service-kit';
import { addressForbidden, connectorError } from '../errors.ts';

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
    const verdict = await this.#find(target, signal);
    if (!verdict.allowed) {
      if (verdict.kind === 'unresolved') throw connectorError('TARGET_UNAVAILABLE');
      throw addressForbidden(verdict.kind);
    }
    const { host, port } = target;
    return { host, port, lookup: lookupOf(verdict.addresses), autoSelectFamily: true };
  }

  async #find(target: HostAndPort, signal: AbortSignal | undefined): Promise<AddressVerdict> {
    const reach = reachOf(target, this.#named);
    try {
      return await findAddresses({ host: target.host, reach, resolve: this.#resolve, signal });
    } catch (error) {
      throw connectorError('TARGET_UNAVAILABLE', { cause: error });
    }
  }
}
