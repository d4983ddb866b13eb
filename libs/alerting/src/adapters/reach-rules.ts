import type { LookupFunction } from 'node:net';
import {
  AddressNotAllowedError,
  forbiddenLiteral,
  isNamed,
  judgedLookup,
  type NamedHosts,
  type ResolveHost,
  reachOf,
} from '@switchyard/service-kit';
import type { Place } from '../domain/receiver.ts';

/** Who may be connected to, and how a name is found. */
export interface ReachRules {
  /** Hosts that an operator named: they may be inside the installation, and be spoken to without TLS. */
  readonly named: NamedHosts;
  readonly resolve: ResolveHost;
}

/** What is wrong with a place, as far as it can be told without asking for its addresses; undefined: nothing. */
export function forbiddenPlace(place: Place, { named }: ReachRules): string | undefined {
  const isVouched = isNamed(place, named);
  if (place.scheme === 'http' && !isVouched) return 'needs https, unless an operator names the host';
  if (forbiddenLiteral(place, reachOf(place, named)) === undefined) return undefined;
  return 'is an address that may not be connected to, unless an operator names it';
}

/** Gives the judged addresses of a place, and no others. @throws AddressNotAllowedError where it is itself a forbidden address */
export function lookupFor(place: Place, { named, resolve }: ReachRules): LookupFunction {
  const reach = reachOf(place, named);
  if (forbiddenLiteral(place, reach) !== undefined) throw new AddressNotAllowedError(place.host);
  return judgedLookup({ reach, resolve });
}
