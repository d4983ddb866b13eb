import { type AddressKind, kindOfAddress } from './address-ranges.ts';
import { type HostAndPort, hostKey, parseHostAndPort } from './host.ts';

/**
 * Who may be connected to (reliability-and-security §4, SSRF): parse once ({@link parseHostAndPort}), resolve once, judge
 * every address here, connect to a judged address and to nothing else. Denied unless public, or of a host that the operator named.
 */
export type AddressVerdict =
  | { readonly allowed: true; readonly addresses: readonly [string, ...string[]] }
  | { readonly allowed: false; readonly kind: AddressKind | 'unresolved' };

/** Hosts that an operator named: `host:port` in the spelling of {@link hostKey}. */
export type NamedHosts = ReadonlySet<string>;

/** More addresses than this are not looked at: no honest name has them. */
const MAX_ADDRESSES = 64;

/** What naming a host opens. Link-local, metadata and the rest stay closed for everyone. */
const NAMED_KINDS: ReadonlySet<AddressKind> = new Set(['public', 'loopback', 'private', 'shared']);

/** Whether an operator named this very host and port. */
export function isNamed(target: HostAndPort, named: NamedHosts): boolean {
  return named.has(hostKey(target));
}

/**
 * Judges the addresses that a host resolved to. One that is forbidden forbids all: a name that mixes public and private
 * addresses is a rebinding attack or a mistake, and which of them would be connected to is not for it to say.
 */
export function judgeAddresses(
  target: HostAndPort,
  { addresses, named }: { addresses: readonly string[]; named: NamedHosts },
): AddressVerdict {
  const [first, ...others] = addresses;
  if (first === undefined || addresses.length > MAX_ADDRESSES) return { allowed: false, kind: 'unresolved' };
  const isHostNamed = isNamed(target, named);
  for (const address of addresses) {
    const kind = kindOfAddress(address);
    if (kind !== 'public' && !(isHostNamed && NAMED_KINDS.has(kind))) return { allowed: false, kind };
  }
  return { allowed: true, addresses: [first, ...others] };
}

/** Reads an operator's list of hosts. @returns the hosts, and the entries that are none */
export function parseNamedHosts(entries: readonly string[]): { named: NamedHosts; wrong: readonly string[] } {
  const named = new Set<string>();
  const wrong: string[] = [];
  for (const entry of entries) {
    const parsed = parseHostAndPort(entry);
    if (parsed === undefined) wrong.push(entry);
    else named.add(hostKey(parsed));
  }
  return { named, wrong };
}
