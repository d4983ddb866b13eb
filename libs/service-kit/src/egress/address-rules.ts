import { type HostAndPort, hostKey, normaliseHost, parseHostAndPort } from '@switchyard/kernel';
import { type AddressKind, kindOfAddress } from './address-ranges.ts';
import { parseIpAddress } from './ip-address.ts';

/**
 * Who may be connected to (reliability-and-security §4, SSRF): parse once (`parseHostAndPort`), resolve once, judge every
 * address here, connect to a judged address and to nothing else.
 */
export type AddressVerdict =
  | { readonly allowed: true; readonly addresses: readonly [string, ...string[]] }
  | { readonly allowed: false; readonly kind: AddressKind | 'unresolved' };

/**
 * How far a connection may reach:
 * - `public`: ordinary addresses of the internet only
 * - `internal`: loopback, private and shared addresses as well
 *
 * Link-local, metadata, multicast, reserved and translated addresses are in nobody's reach.
 */
export type Reach = 'public' | 'internal';

/** Hosts that an operator vouches for: `host:port` in the spelling of `hostKey`, or a host alone for all of its ports. */
export type NamedHosts = ReadonlySet<string>;

/** More addresses than this are not looked at: no honest name has them. */
const MAX_ADDRESSES = 64;

const KINDS_IN_REACH: Readonly<Record<Reach, ReadonlySet<AddressKind>>> = {
  public: new Set<AddressKind>(['public']),
  internal: new Set<AddressKind>(['public', 'loopback', 'private', 'shared']),
};

/** Whether an operator named this very host and port, or the host for all of its ports. */
export function isNamed(target: HostAndPort, named: NamedHosts): boolean {
  return named.has(hostKey(target)) || named.has(bareKey(target.host));
}

/** What naming a host opens. */
export function reachOf(target: HostAndPort, named: NamedHosts): Reach {
  return isNamed(target, named) ? 'internal' : 'public';
}

/**
 * Judges the addresses that a host resolved to. One that is forbidden forbids all: a name that mixes public and private
 * addresses is a rebinding attack or a mistake, and which of them would be connected to is not for it to say.
 */
export function judgeAddresses(addresses: readonly string[], reach: Reach): AddressVerdict {
  const [first, ...others] = addresses;
  if (first === undefined || addresses.length > MAX_ADDRESSES) return { allowed: false, kind: 'unresolved' };
  for (const address of addresses) {
    const kind = kindOfAddress(address);
    if (!KINDS_IN_REACH[reach].has(kind)) return { allowed: false, kind };
  }
  return { allowed: true, addresses: [first, ...others] };
}

/**
 * Judges an address that is written down; a name's addresses are judged at each connection.
 *
 * @returns what the address is, where it is out of reach; undefined where it is in reach, or the host is a name
 */
export function forbiddenLiteral({ host }: HostAndPort, reach: Reach): AddressKind | undefined {
  if (parseIpAddress(host) === undefined) return undefined;
  const kind = kindOfAddress(host);
  return KINDS_IN_REACH[reach].has(kind) ? undefined : kind;
}

/**
 * Reads an operator's list of hosts.
 *
 * @param port whether every entry must say its port, or one without stands for all ports of its host
 * @returns the hosts, and the entries that are none
 */
export function parseNamedHosts(
  entries: readonly string[],
  port: 'required' | 'optional',
): { named: NamedHosts; wrong: readonly string[] } {
  const named = new Set<string>();
  const wrong: string[] = [];
  for (const entry of entries) {
    const parsed = parseHostAndPort(entry);
    const host = parsed === undefined && port === 'optional' ? normaliseHost(entry) : undefined;
    if (parsed !== undefined) named.add(hostKey(parsed));
    else if (host !== undefined) named.add(bareKey(host));
    else wrong.push(entry);
  }
  return { named, wrong };
}

/** A host alone, in brackets where it is an IPv6 address: never the spelling of a host with a port. */
function bareKey(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
