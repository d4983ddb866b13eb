import { Provider } from '@switchyard/contracts/routing';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { expect, test } from 'vitest';
import { buildSnapshot } from '../src/domain/snapshot/build-snapshot.ts';
import type { SnapshotParts } from '../src/domain/snapshot/snapshot-parts.ts';
import { KnownOffers } from '../src/runtime/known-offers.ts';

const provider = (id: string, etag: string, change: Partial<Provider> = {}): Provider =>
  Provider.fromPartial({
    id,
    etag,
    wireFormat: 'openai-chat',
    baseUrl: 'https://example.com/v1',
    models: [{ model: 'm' }],
    ...change,
  });

const parts = (providers: readonly Provider[], priceVersion = '1'): SnapshotParts => ({
  configurationVersion: '1',
  providers,
  pools: [],
  policies: [],
  experiments: [],
  priceBook: {
    version: priceVersion,
    terms: [],
    prices: new Map([['a/m', { prices: { input: BigInt(priceVersion), output: 1n }, tiers: [] }]]),
  },
  healthVersion: '1',
  health: new Map(),
  catalog: CATALOG,
  defaultLimits: LIMITS,
});

const CATALOG = bundledCatalog();
const LIMITS = { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 };

test('only what has changed is made anew, and the snapshot is as one that is made anew as a whole', () => {
  const offers = new KnownOffers();
  const before = offers.build(parts([provider('b', '1'), provider('a', '1')]));
  const now = parts([provider('b', '1'), provider('a', '2', { priority: 7 })]);
  const after = offers.build(now);
  expect(after).toEqual(buildSnapshot(now));
  const of = ({ offerings }: typeof before, id: string) => offerings.find((one) => one.provider.id === id);
  expect(of(after, 'b')).toBe(of(before, 'b'));
  expect(of(after, 'a')?.priority).toBe(7);
});

test('new prices, and providers without a tag, are taken over', () => {
  const offers = new KnownOffers();
  offers.build(parts([provider('a', '1'), provider('b', '')]));
  const untagged = provider('b', '', { priority: 7 });
  expect(offers.build(parts([provider('a', '1'), untagged])).offerings[1]?.priority).toBe(7);
  const { offerings } = offers.build(parts([provider('a', '1'), untagged], '2'));
  expect(offerings.map(({ prices }) => prices?.input)).toEqual([2n, undefined]);
});

test('what one tenant has is never taken for what another one has under the same name', () => {
  const offers = new KnownOffers();
  const build = (tenant: string, priority: number) =>
    offers.build(parts([provider('a', '1', { tenant, priority })])).offerings.map((one) => one.priority);
  expect([build('t', 1), build('u', 2)]).toEqual([[1], [2]]);
});
