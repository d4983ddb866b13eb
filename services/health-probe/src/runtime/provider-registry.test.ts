import { createLogger } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { Routing } from '../ports.ts';
import { ProviderRegistry } from './provider-registry.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const provider = (name: string): WatchedProvider => ({
  ...{ tenant: '', provider: name, inMaintenance: false, probes: 'model', isConfigured: true },
});

function make() {
  let nowMs = 0;
  let listed: readonly WatchedProvider[] | undefined = [provider('a'), provider('b')];
  let reads = 0;
  const routing = {
    listProviders: async () => {
      reads += 1;
      if (listed === undefined) throw new Error('routing is away');
      return listed;
    },
  } as unknown as Routing;
  const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
  const registry = new ProviderRegistry({ routing, clock, log });
  return {
    registry,
    names: () => [...registry.all()].map((one) => one.provider),
    /** So much later routing lists these; undefined: it is away. */
    async later(ms: number, providers: readonly WatchedProvider[] | undefined) {
      nowMs += ms;
      listed = providers;
      const before = reads;
      registry.refresh();
      await expect.poll(() => reads).toBeGreaterThan(before);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a provider that is no longer listed is gone after 30 s, not before', async () => {
  const { registry, later } = make();
  await later(0, [provider('a'), provider('b')]);
  await later(40_000, [provider('a')]);
  expect(registry.isGone(provider('b'))).toBe(true);
  expect(registry.isGone(provider('a'))).toBe(false);
  await later(1_000, [provider('a'), provider('b')]);
  await later(29_000, [provider('a')]);
  expect(registry.isGone(provider('b'))).toBe(false);
  await registry.close();
});

test('while routing is away the last list holds, and nobody is gone', async () => {
  const { registry, names, later } = make();
  await later(0, [provider('a')]);
  await later(100_000, undefined);
  expect([registry.isUp, names()]).toEqual([false, ['a']]);
  expect(registry.isGone(provider('b'))).toBe(false);
  // A replica of routing that has just come back may know nobody yet.
  await later(1_000, []);
  expect([registry.isGone(provider('a')), registry.isGone(provider('b'))]).toEqual([false, false]);
  await later(31_000, []);
  expect(registry.isGone(provider('a'))).toBe(true);
  await registry.close();
});
