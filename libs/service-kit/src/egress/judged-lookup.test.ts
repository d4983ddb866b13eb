import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { AddressNotAllowedError } from './address-not-allowed-error.ts';
import type { Reach } from './address-rules.ts';
import { findAddresses } from './find-addresses.ts';
import { judgedLookup } from './judged-lookup.ts';
import { FORBIDDEN_ADDRESSES } from './ssrf-cases.ts';

/** What `net.connect` is told when the name has these addresses. */
function look(addresses: readonly string[], { all = true, reach = 'public' as Reach } = {}) {
  const lookup = judgedLookup({ reach, resolve: async () => addresses });
  return new Promise<{ error: NodeJS.ErrnoException | null; found: string | LookupAddress[] }>((resolve) => {
    lookup('name.test', { all }, (error, found) => resolve({ error, found }));
  });
}

test('a name with public addresses has them all, in their order', async () => {
  const { error, found } = await look(['2606:4700::1111', '1.1.1.1']);
  expect(error).toBeNull();
  expect(found).toEqual([
    { address: '2606:4700::1111', family: 6 },
    { address: '1.1.1.1', family: 4 },
  ]);
  expect((await look(['1.1.1.1', '8.8.8.8'], { all: false })).found).toBe('1.1.1.1');
});

test.each(FORBIDDEN_ADDRESSES)('a name at %j is refused, beside a public address too', async (address) => {
  for (const addresses of [[address], ['1.1.1.1', address]]) {
    const { error } = await look(addresses);
    expect(error).toBeInstanceOf(AddressNotAllowedError);
    expect(error?.message).toBe('the address of name.test is not allowed');
  }
});

test('what is within may have private addresses, and link-local ones never', async () => {
  expect((await look(['10.0.0.5'], { reach: 'internal' })).error).toBeNull();
  expect((await look(['169.254.169.254'], { reach: 'internal' })).error).toBeInstanceOf(
    AddressNotAllowedError,
  );
});

test('a name without addresses is not found, and what the resolver throws is told', async () => {
  expect((await look([])).error?.code).toBe('ENOTFOUND');
  const failed = Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' });
  const lookup = judgedLookup({ reach: 'public', resolve: () => Promise.reject(failed) });
  const error = await new Promise((resolve) => lookup('name.test', {}, resolve));
  expect(error).toBe(failed);
});

test('an address is not resolved, and the waiting for a resolver ends with the signal', async () => {
  const never = () => new Promise<never>(() => {});
  expect(await findAddresses({ host: '127.0.0.1', reach: 'public', resolve: never })).toEqual({
    allowed: false,
    kind: 'loopback',
  });
  const gone = new AbortController();
  const found = findAddresses({ host: 'name.test', reach: 'public', resolve: never, signal: gone.signal });
  gone.abort(new Error('gone'));
  await expect(found).rejects.toThrow('gone');
});
