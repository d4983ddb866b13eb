import { judgeAddresses, type NamedHosts } from '../domain/address-rules.ts';
import type { HostAndPort } from '../domain/host.ts';
import { parseIpAddress } from '../domain/ip-address.ts';
import { addressForbidden } from '../errors.ts';

/** An address that is written down is judged at once; a name's addresses are judged at each connection. */
export function refuseForbiddenLiteral(target: HostAndPort, named: NamedHosts): void {
  if (parseIpAddress(target.host) === undefined) return;
  const verdict = judgeAddresses(target, { addresses: [target.host], named });
  if (!verdict.allowed && verdict.kind !== 'unresolved') throw addressForbidden(verdict.kind);
}
