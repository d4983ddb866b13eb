import { lookup } from 'node:dns/promises';
import { type AddressVerdict, judgeAddresses, type Reach } from './address-rules.ts';
import { parseIpAddress } from './ip-address.ts';

/** Gives the addresses of a name. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** The system's own resolver, hosts file included. */
export const resolveBySystem: ResolveHost = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** Whose addresses are to be found. */
export interface AddressSearch {
  /** A name, or an address, which is taken as it is. */
  readonly host: string;
  readonly reach: Reach;
  readonly resolve: ResolveHost;
  /** Ends the waiting for the resolver, which has no time limit of its own. */
  readonly signal?: AbortSignal | undefined;
}

/** Finds the addresses of a host, once, and judges them all. @throws what the resolver throws; the signal's reason */
export async function findAddresses({
  host,
  reach,
  resolve,
  signal,
}: AddressSearch): Promise<AddressVerdict> {
  if (parseIpAddress(host) !== undefined) return judgeAddresses([host], reach);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return judgeAddresses(await Promise.race([resolve(host), aborted.promise]), reach);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
