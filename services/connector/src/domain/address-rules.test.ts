import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORBIDDEN_ADDRESSES, FORBIDDEN_HOSTS, PUBLIC_ADDRESSES } from '../../tests/fixture/ssrf-cases.ts';
import { kindOfAddress } from './address-ranges.ts';
import { judgeAddresses, parseNamedHosts } from './address-rules.ts';
import { parsePostgresEndpoint, parseRestEndpoint } from './endpoint.ts';
import { parseIpAddress } from './ip-address.ts';

const NOBODY = new Set<string>();

test('A24: there are at least 200 cases', () => {
  const cases = new Set([...FORBIDDEN_HOSTS, ...FORBIDDEN_ADDRESSES]);
  expect(cases.size).toBeGreaterThanOrEqual(200);
});

describe.each([
  ['rest', (host: string) => parseRestEndpoint(`https://${host}/base`)],
  ['rest with a port', (host: string) => parseRestEndpoint(`https://${host}:8443/base`)],
  ['postgresql', (host: string) => parsePostgresEndpoint(`postgresql://${host}:5432/db`)],
])('%s endpoint', (_name, parse) => {
  test.each(FORBIDDEN_HOSTS)('the host %j is refused, or is an address that is', (host) => {
    const endpoint = parse(host);
    if (!endpoint.ok) return;
    expect(parseIpAddress(endpoint.value.host), 'is left for a resolver to read').toBeDefined();
    const verdict = judgeAddresses(endpoint.value, { addresses: [endpoint.value.host], named: NOBODY });
    expect(verdict.allowed).toBe(false);
  });
});

test.each(FORBIDDEN_ADDRESSES)('a name that resolves to %j is refused', (address) => {
  const target = { host: 'api.example.com', port: 443 };
  expect(judgeAddresses(target, { addresses: [address], named: NOBODY }).allowed).toBe(false);
});

test.each(FORBIDDEN_ADDRESSES)('a public address beside %j does not help', (address) => {
  const target = { host: 'api.example.com', port: 443 };
  for (const addresses of [
    ['93.184.216.34', address],
    [address, '93.184.216.34'],
    ['93.184.216.34', '2606:4700:4700::1111', address],
  ]) {
    expect(judgeAddresses(target, { addresses, named: NOBODY }).allowed).toBe(false);
  }
});

test.each(PUBLIC_ADDRESSES)('the public address %s is allowed', (address) => {
  expect(kindOfAddress(address)).toBe('public');
  const verdict = judgeAddresses(
    { host: 'api.example.com', port: 443 },
    { addresses: [address], named: NOBODY },
  );
  expect(verdict).toEqual({ allowed: true, addresses: [address] });
});

test('a name without addresses, or with too many, is not connected to', () => {
  const target = { host: 'api.example.com', port: 443 };
  expect(judgeAddresses(target, { addresses: [], named: NOBODY }).allowed).toBe(false);
  const many = Array.from({ length: 65 }, () => '93.184.216.34');
  expect(judgeAddresses(target, { addresses: many, named: NOBODY }).allowed).toBe(false);
});

describe('hosts that an operator named', () => {
  const { named } = parseNamedHosts(['db.internal:5432', '127.0.0.1:8080', '[::1]:9000', '0x7f.1:7000']);

  test.each([
    ['db.internal', 5432, '10.0.0.5'],
    ['db.internal', 5432, '127.0.0.1'],
    ['db.internal', 5432, 'fd00::5'],
    ['db.internal', 5432, '100.64.0.9'],
    ['127.0.0.1', 8080, '127.0.0.1'],
    ['::1', 9000, '::1'],
    ['127.0.0.1', 7000, '127.0.0.1'],
  ])('%s:%i may be at %s', (host, port, address) => {
    expect(judgeAddresses({ host, port }, { addresses: [address], named }).allowed).toBe(true);
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
    expect(judgeAddresses({ host, port }, { addresses: [address], named }).allowed).toBe(false);
  });

  test('entries that are no host and port are told', () => {
    const { wrong } = parseNamedHosts(['db.internal', 'a:0', 'a:65536', 'http://a:80', '*:5432', 'ok:1']);
    expect(wrong).toEqual(['db.internal', 'a:0', 'a:65536', 'http://a:80', '*:5432']);
  });
});

test('every IPv4 address has the same kind in every spelling of its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
      const bytes = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
      const dotted = bytes.join('.');
      const spellings = [String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`];
      for (const spelling of [dotted, ...spellings]) {
        const endpoint = parseRestEndpoint(`https://${spelling}/`);
        expect(endpoint.ok && endpoint.value.host).toBe(dotted);
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
