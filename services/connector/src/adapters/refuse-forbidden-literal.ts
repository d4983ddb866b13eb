import type { HostAndPort } from '@switchyard/kernel';
import { forbiddenLiteral, type NamedHosts, reachOf } from '@switchyard/service-kit';
import { addressForbidden } from '../errors.ts';

/** An address that is written down is judged at once; a name's addresses are judged at each connection. */
export function refuseForbiddenLiteral(target: HostAndPort, named: NamedHosts): void {
  const kind = forbiddenLiteral(target, reachOf(target, named));
  if (kind !== undefined) throw addressForbidden(kind);
}
