import {
  CompleteRequest,
  type EstimateCostRequest,
  type EstimateCostResponse,
  Role,
  Strategy,
} from '@switchyard/contracts/routing';
import type { Principal } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import type { Offering } from '../src/domain/snapshot/offering.ts';
import type { PipelineContext } from '../src/ports.ts';
import { estimateCost } from '../src/rpc/estimate-cost.ts';
import { HeldPrefixes } from '../src/runtime/held-prefixes.ts';
import { ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { RuntimeRegistry } from '../src/runtime/runtime-registry.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { noBudgets } from './support/no-budgets.ts';
import { readyKeys } from './support/ready-keys.ts';

const USD = 1_000_000_000n;
const request = CompleteRequest.fromPartial({
  model: 'm',
  messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'hello '.repeat(100) } }] }],
  sampling: { maxOutputTokens: 500 },
});
const principal = {
  keyId: 'k',
  tenant: 't',
  role: 'agent',
  installation: false,
  permissions: new Set<string>(),
};

function estimate(offerings: readonly Offering[], asked: EstimateCostRequest): Promise<EstimateCostResponse> {
  const clock = { wallMs: () => 0, monotonicMs: () => 0 };
  const context = {
    snapshots: { current: snapshotOf(offerings) },
    runtimes: new RuntimeRegistry(),
    prefixes: new HeldPrefixes(),
    budgets: noBudgets(),
    secrets: readyKeys(),
    clock,
    quotas: new ProviderQuotas({ store: undefined, clock }),
    random: () => 0.5,
    defaultStrategy: Strategy.PRIORITY,
    experiments: undefined,
  } as unknown as PipelineContext;
  const { handle } = estimateCost(context);
  return handle(asked, { principal: principal as unknown as Principal } as Parameters<typeof handle>[1]);
}

test('a request is priced at every candidate: cheapest first, unknown after, excluded last, each with its parts', async () => {
  const offerings = [
    offering({ provider: 'dear', prices: { input: 10n * USD, output: 20n * USD, request: 1_000n * USD } }),
    offering({ provider: 'cheap', prices: { input: USD, output: 2n * USD } }),
    offering({ provider: 'unknown', prices: undefined }),
    offering({ provider: 'half', prices: { input: USD } }),
    offering({ provider: 'short', contextTokens: 10, prices: { input: 1n, output: 1n } }),
    offering({ provider: 'foreign', tenant: 'u' }),
  ];
  const { estimates, estimatesOmitted, estimatedInputTokens, inputTokenBound } = await estimate(offerings, {
    request,
  });
  expect(estimates.map(({ provider }) => provider)).toEqual(['cheap', 'dear', 'half', 'unknown', 'short']);
  expect(estimatesOmitted).toBe(0);
  const [cheap, dear, half, unknown, short] = estimates;
  const input = BigInt(estimatedInputTokens) * 1_000n;
  expect(cheap).toMatchObject({
    componentsNanoUsd: { input, output: 1_000_000n },
    expectedNanoUsd: input + 1_000_000n,
    unknownComponents: [],
    estimatedOutputTokens: 500,
  });
  expect(dear?.componentsNanoUsd).toEqual({
    input: input * 10n,
    output: 10_000_000n,
    request: 1_000_000n,
  });
  for (const { expectedNanoUsd = 0n, maxNanoUsd = 0n } of [cheap, dear].filter((one) => one !== undefined))
    expect(maxNanoUsd).toBeGreaterThan(expectedNanoUsd);
  expect(half).toMatchObject({ unknownComponents: ['output'], componentsNanoUsd: { input } });
  expect(half?.expectedNanoUsd).toBeUndefined();
  expect(unknown).toMatchObject({ unknownComponents: ['input', 'output'], componentsNanoUsd: {} });
  expect(unknown?.maxNanoUsd).toBeUndefined();
  expect(short?.exclusions).toMatchObject([{ constraint: 'context_length' }]);
  expect(inputTokenBound).toBeGreaterThan(BigInt(estimatedInputTokens));
});

test('it refuses what Complete would refuse', async () => {
  const offerings = [offering({ provider: 'a' })];
  await expect(estimate(offerings, { request: undefined })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(
    estimate(offerings, { request: { ...request, strategy: 99 as Strategy } }),
  ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(
    estimate(offerings, { request: { ...request, model: 'nobody-has-it' } }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
