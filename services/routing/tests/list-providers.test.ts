import { ListProvidersRequest, Provider, ProviderMode, Strategy } from '@switchyard/contracts/routing';
import type { CallContext } from '@switchyard/service-kit';
import { expect, test, vi } from 'vitest';
import type { Offering } from '../src/domain/snapshot/offering.ts';
import type { PipelineContext } from '../src/ports.ts';
import { listProviders } from '../src/rpc/list-providers.ts';
import { HeldPrefixes } from '../src/runtime/held-prefixes.ts';
import { ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { RuntimeRegistry } from '../src/runtime/runtime-registry.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { authenticateByName } from './support/callers.ts';
import { noBudgets } from './support/no-budgets.ts';
import { readyKeys } from './support/ready-keys.ts';

const PROVIDERS = 200;

test('each provider has the statistics of its own calls, and a page of many looks each provider up once', async () => {
  const ids = Array.from({ length: PROVIDERS }, (_, i) => `p${String(i).padStart(3, '0')}`);
  const offerings = ids.flatMap((provider) => ['m', 'n'].map((model) => offering({ provider, model })));
  const runtimes = new RuntimeRegistry();
  for (const one of offerings) {
    const runtime = runtimes.of(one);
    const calls = Number(one.provider.id.slice(1)) % 3;
    for (let call = 0; call < calls; call++) runtime.succeeded({ firstTokenMs: 10, totalMs: 20 }, 1_000);
  }
  const grouped = vi.spyOn(runtimes, 'byProvider');
  let looks = 0;
  const current = snapshotOf(offerings);
  const providers = ids.map((id) => {
    const { provider } = offering({ provider: id });
    return Object.defineProperty({ ...provider }, 'key', {
      get: () => {
        looks++;
        return provider.key;
      },
    });
  });
  const last = Provider.fromPartial({
    id: ids.at(-1) ?? '',
    ...{ wireFormat: 'gemini', mode: ProviderMode.DISABLED, endpoints: [{ id: 'eu' }] },
  });
  const clock = { wallMs: () => 1_000, monotonicMs: () => 1_000 };
  const context = {
    snapshots: {
      current: { ...current, providers },
      parts: {
        providers: [
          ...ids.slice(0, -1).map((id) => Provider.fromPartial({ id, wireFormat: 'openai-chat' })),
          last,
        ],
      },
    },
    runtimes,
    secrets: readyKeys(),
    prefixes: new HeldPrefixes(),
    budgets: noBudgets(),
    clock,
    quotas: new ProviderQuotas({ store: undefined, clock }),
    random: () => 0.5,
    defaultStrategy: Strategy.PRIORITY,
  } as unknown as PipelineContext;
  const principal = await authenticateByName('Bearer service@ops!');
  runtimes.of(offerings[0] as Offering).active = 2;
  const { providers: rows, statistics } = await listProviders(context).handle(
    ListProvidersRequest.fromPartial({ pageSize: PROVIDERS - 1 }),
    { principal } as CallContext,
  );
  expect(rows.map(({ requests }) => Number(requests))).toEqual(ids.slice(0, -1).map((_, i) => (i % 3) * 2));
  // Of all pages, the one that is not on this page too.
  expect(statistics).toEqual({
    providers: PROVIDERS,
    providersByState: { disabled: 1, not_tested: PROVIDERS - 1 },
    providersByMode: { disabled: 1, enabled: PROVIDERS - 1 },
    providersByWireFormat: { gemini: 1, 'openai-chat': PROVIDERS - 1 },
    activeRequests: 2n,
    endpoints: 1,
  });
  expect(rows.filter((row) => row.current)).toHaveLength(1);
  expect(grouped).toHaveBeenCalledTimes(1);
  // Once for the index, and once for its health.
  expect(looks).toBeLessThanOrEqual(2 * PROVIDERS);
});
