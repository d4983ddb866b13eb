import { type IpAddress, parseIpAddress } from './ip-address.ts';

/**
 * What an address is, as far as it matters for who may be connected to:
 * - `public`: an ordinary address of the internet
 * - `loopback`, `private` (RFC 1918, ULA), `shared` (carrier-grade NAT): only for hosts that the operator named
 * - everything else: never
 */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link_local'
  | 'metadata'
  | 'translated'
  | 'multicast'
  | 'reserved'
  | 'unreadable';

interface Range {
  readonly network: IpAddress;
  readonly prefixBits: number;
  readonly kind: AddressKind;
}

/** Most specific meaning first; within a family the first match counts. */
const RANGES: readonly Range[] = [
  // Azure's wire server and Oracle's metadata: services of the host, at addresses that look public.
  range('168.63.129.16/32', 'metadata'),
  range('192.0.0.192/32', 'metadata'),
  range('169.254.169.254/32', 'metadata'),
  // Alibaba's, inside 100.64/10.
  range('100.100.100.200/32', 'metadata'),
  // IANA IPv4 Special-Purpose Address Registry (RFC 6890).
  range('0.0.0.0/8', 'reserved'),
  range('10.0.0.0/8', 'private'),
  range('100.64.0.0/10', 'shared'),
  range('127.0.0.0/8', 'loopback'),
  range('169.254.0.0/16', 'link_local'),
  range('172.16.0.0/12', 'private'),
  range('192.0.0.0/24', 'reserved'),
  range('192.0.2.0/24', 'reserved'),
  range('192.31.196.0/24', 'reserved'),
  range('192.52.193.0/24', 'reserved'),
  range('192.88.99.0/24', 'translated'),
  range('192.168.0.0/16', 'private'),
  range('192.175.48.0/24', 'reserved'),
  range('198.18.0.0/15', 'reserved'),
  range('198.51.100.0/24', 'reserved'),
  range('203.0.113.0/24', 'reserved'),
  range('224.0.0.0/4', 'multicast'),
  range('240.0.0.0/4', 'reserved'),
  range('0.0.0.0/0', 'public'),
  // AWS's metadata over IPv6, inside fc00::/7.
  range('fd00:ec2::254/128', 'metadata'),
  // IANA IPv6 Special-Purpose Address Registry; forms that carry an IPv4 address are refused whole, whatever they carry.
  range('::1/128', 'loopback'),
  range('::/128', 'reserved'),
  range('::ffff:0:0/96', 'translated'),
  range('::/96', 'translated'),
  range('64:ff9b::/96', 'translated'),
  range('64:ff9b:1::/48', 'translated'),
  range('2002::/16', 'translated'),
  range('2001::/23', 'reserved'),
  range('2001:db8::/32', 'reserved'),
  range('2620:4f:8000::/48', 'reserved'),
  range('3fff::/20', 'reserved'),
  range('fc00::/7', 'private'),
  range('fe80::/10', 'link_local'),
  range('ff00::/8', 'multicast'),
  range('2000::/3', 'public'),
];

/** What an address is. Not in the table: `reserved`; not readable as an address: `unreadable`. */
export function kindOfAddress(text: string): AddressKind {
  const address = parseIpAddress(text);
  if (address === undefined) return 'unreadable';
  if (isIsatap(address)) return 'translated';
  return RANGES.find((candidate) => contains(candidate, address))?.kind ?? 'reserved';
}

function contains({ network, prefixBits }: Range, { family, bytes }: IpAddress): boolean {
  if (network.family !== family) return false;
  for (let bit = 0; bit < prefixBits; bit += 8) {
    const mask = prefixBits - bit >= 8 ? 0xff : (0xff << (8 - (prefixBits - bit))) & 0xff;
    if (((network.bytes[bit / 8] ?? 0) ^ (bytes[bit / 8] ?? 0)) & mask) return false;
  }
  return true;
}

/** ISATAP (RFC 5214 §6.1) hides an IPv4 address in the interface id `[02]00:5efe:a.b.c.d` under any prefix. */
function isIsatap({ family, bytes }: IpAddress): boolean {
  if (family !== 6 || ((bytes[8] ?? 0) & ~0x02) !== 0) return false;
  return bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}

function range(cidr: string, kind: AddressKind): Range {
  const [text = '', bits = ''] = cidr.split('/');
  const network = parseIpAddress(text);
  if (network === undefined) throw new TypeError(`not a range: ${cidr}`);
  return { network, prefixBits: Number(bits), kind };
}
