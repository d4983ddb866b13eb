import type { LookupFunction } from 'node:net';
import { AddressNotAllowedError } from './address-not-allowed-error.ts';
import type { Reach } from './address-rules.ts';
import { findAddresses, type ResolveHost } from './find-addresses.ts';

/** A `lookup` for `net.connect` and `tls.connect` that gives these addresses, whatever it is asked for. */
export function lookupOf(addresses: readonly [string, ...string[]]): LookupFunction {
  const [first] = addresses;
  return (_host, options, callback) => {
    if (options.all) callback(null, addresses.map(withFamily));
    else callback(null, first, withFamily(first).family);
  };
}

/**
 * A `lookup` for `net.connect` and `tls.connect` that resolves once, judges every address, and fails with
 * {@link AddressNotAllowedError} where one is out of reach. Node asks no lookup for a host that is an address: judge that
 * by `forbiddenLiteral` before.
 */
export function judgedLookup({
  reach,
  resolve,
}: {
  readonly reach: Reach;
  readonly resolve: ResolveHost;
}): LookupFunction {
  return (host, options, callback) => {
    findAddresses({ host, reach, resolve }).then(
      (verdict) => {
        if (verdict.allowed) lookupOf(verdict.addresses)(host, options, callback);
        else callback(verdict.kind === 'unresolved' ? notFound(host) : new AddressNotAllowedError(host), '');
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

const withFamily = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 });

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no addresses that could be looked at`), { code: 'ENOTFOUND' });
}
