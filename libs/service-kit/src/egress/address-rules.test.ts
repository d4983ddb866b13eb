import { parseHostAndPort } from '@switchyard/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindOfAddress } from './address-ranges.ts';
import { forbiddenLiteral, isNamed, judgeAddresses, parseNamedHosts, reachOf } from './address-rules.ts';
import { parseIpAddress } from './ip-address.ts';
import { FORBIDDEN_ADDRESSES, FORBIDDEN_HOSTS, PUBLIC_ADDRESSES } from './ssrf-cases.ts';

test('A24: there are at least 200 cases', () => {
  const cases = new Set([...FORBIDDEN_HOSTS, ...FORBIDDEN_ADDRESSES]);
  expect(cases.size).toBeGreaterThanOrEqual(200);
});

test.each(FORBIDDEN_HOSTS)('the host %j is refused, or is an address that is', (host) => {
  const target = parseHostAndPort(`${host}:443`);
  if (target === undefined) return;
  expect(parseIpAddress(target.host), 'is left for a resolver to read').toBeDefined();
  expect(judgeAddresses([target.host], 'public').allowed).toBe(false);
  expect(forbiddenLiteral(target, 'public')).toBeDefined();
});

test.each(FORBIDDEN_ADDRESSES)('a name that resolves to %j is refused', (address) => {
  expect(judgeAddresses([address], 'public').allowed).toBe(false);
});

test.each(FORBIDDEN_ADDRESSES)('a public address beside %j does not help', (address) => {
  for (const addresses of [
    ['93.184.216.34', address],
    [address, '93.184.216.34'],
    ['93.184.216.34', '2606:4700:4700::1111', address],
  ]) {
    expect(judgeAddresses(addresses, 'public').allowed).toBe(false);
  }
});

test.each(PUBLIC_ADDRESSES)('the public address %s is allowed', (address) => {
  expect(kindOfAddress(address)).toBe('public');
  const verdict = { allowed: true, addresses: [address] };
  expect(judgeAddresses([address], 'public')).toEqual(verdict);
  expect(judgeAddresses([address], 'internal')).toEqual(verdict);
});

test('a name without addresses, or with too many, is not connected to', () => {
  expect(judgeAddresses([], 'public').allowed).toBe(false);
  const many = Array.from({ length: 65 }, () => '93.184.216.34');
  expect(judgeAddresses(many, 'public').allowed).toBe(false);
});

describe('hosts that an operator named', () => {
  const { named } = parseNamedHosts(
    ['db.internal:5432', '127.0.0.1:8080', '[::1]:9000', '0x7f.1:7000'],
    'required',
  );

  test.each([
    ['db.internal', 5432, '10.0.0.5'],
    ['db.internal', 5432, '127.0.0.1'],
    ['db.internal', 5432, 'fd00::5'],
    ['db.internal', 5432, '100.64.0.9'],
    ['127.0.0.1', 8080, '127.0.0.1'],
    ['::1', 9000, '::1'],
    ['127.0.0.1', 7000, '127.0.0.1'],
  ])('%s:%i may be at %s', (host, port, address) => {
    expect(judgeAddresses([address], reachOf({ host, port }, named)).allowed).toBe(true);
  });

  test.each([
    ['another port', 'db.internal', 5433, '10.0.0.5'],
    ['another host', 'db2.internal', 5432, '10.0.0.5'],
    ['a host that ends alike', 'x.db.internal', 5432, '10.0.0.5'],
    ['metadata', 'db.internal', 5432, '169.254.169.254'],
    ['link-local', 'db.internal', 5432, 'fe80::1'],
    ['unspecified', 'db.internal', 5432, '0.0.0.0'],
    ['multicast', 'db.internal', 5432, '224.0.0.1'],
    ['IPv4-mapped', 'db.internal', 5432, '::ffff:10.0.0.5'],
    ['NAT64', 'db.internal', 5432, '64:ff9b::a00:5'],
  ])('%s stays closed', (_why, host, port, address) => {
    expect(judgeAddresses([address], reachOf({ host, port }, named)).allowed).toBe(false);
  });

  test('entries that are no host and port are told', () => {
    const entries = ['db.internal', 'a:0', 'a:65536', 'http://a:80', '*:5432', '::1', 'ok:1'];
    const wrong = ['a:0', 'a:65536', 'http://a:80', '*:5432', '::1'];
    expect(parseNamedHosts(entries, 'required').wrong).toEqual(['db.internal', ...wrong]);
    expect(parseNamedHosts(entries, 'optional').wrong).toEqual(wrong);
  });
});

describe('hosts named without a port', () => {
  const { named } = parseNamedHosts(['Vllm.internal.', '127.0.0.1', '[::1]', 'db.internal:80'], 'optional');

  test.each([
    ['vllm.internal', 8000],
    ['vllm.internal', 443],
    ['127.0.0.1', 11_434],
    ['::1', 9000],
    ['db.internal', 80],
  ])('%s:%i is named', (host, port) => expect(isNamed({ host, port }, named)).toBe(true));

  test.each([
    ['x.vllm.internal', 8000],
    ['127.0.0.2', 11_434],
    ['::2', 9000],
    ['db.internal', 81],
  ])('%s:%i is not', (host, port) => expect(isNamed({ host, port }, named)).toBe(false));
});

test.each([
  ['127.0.0.1', 'loopback', undefined],
  ['::1', 'loopback', undefined],
  ['10.1.2.3', 'private', undefined],
  ['100.64.0.9', 'shared', undefined],
  ['169.254.169.254', 'metadata', 'metadata'],
  ['fe80::1', 'link_local', 'link_local'],
  ['224.0.0.1', 'multicast', 'multicast'],
  ['0.0.0.0', 'reserved', 'reserved'],
  ['::ffff:10.0.0.5', 'translated', 'translated'],
  ['93.184.216.34', undefined, undefined],
  ['localhost', undefined, undefined],
])('the address %s written down is forbidden as %s in public, as %s within', (host, inPublic, within) => {
  expect(forbiddenLiteral({ host, port: 443 }, 'public')).toBe(inPublic);
  expect(forbiddenLiteral({ host, port: 443 }, 'internal')).toBe(within);
});

test('every IPv4 address has the same kind in every spelling of its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
      const bytes = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
      const dotted = bytes.join('.');
      const spellings = [String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`];
      for (const spelling of [dotted, ...spellings]) {
        expect(parseHostAndPort(spelling, 443)?.host).toBe(dotted);
      }
      const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
      expect(kindOfAddress(`::ffff:${hex.slice(0, 4)}:${hex.slice(4)}`)).toBe('translated');
    }),
  );
});

test('every IPv6 address is read to the same bytes in its long and its short form', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
      const short = URL.parse(`http://[${long}]/`)?.hostname.slice(1, -1) ?? '';
      expect(parseIpAddress(short)).toEqual(parseIpAddress(long));
      expect(parseIpAddress(long)?.bytes).toHaveLength(16);
    }),
  );
});
