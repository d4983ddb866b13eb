import { GetCostSummaryResponse, Recommendation } from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import { analyticsOf } from './analytics.ts';

test('analytics have the stated shape, money exact beside its number, and null where nothing is known', () => {
  const summary = GetCostSummaryResponse.fromPartial({
    startTime: new Date('2026-11-01T00:00:00Z'),
    endTime: new Date('2026-12-01T00:00:00Z'),
    total: { requests: 4n, succeededRequests: 3n, costNanoUsd: 1_234_567_891n, averageLatencyMs: 12.5 },
    groups: [
      { key: { provider: 'openai' }, requests: 3n, costNanoUsd: 1_234_567_891n, averageLatencyMs: 12.5 },
      { key: { provider: 'local' }, requests: 1n },
    ],
  });
  const found = [
    Recommendation.fromPartial({
      type: 'idle_probes',
      savingsNanoUsd: 20_000_000n,
      description: 'local was probed',
    }),
  ];
  expect(analyticsOf(summary, found)).toEqual({
    time_period: '2026-11-01T00:00:00.000Z/2026-12-01T00:00:00.000Z',
    summary: {
      total_requests: 4,
      total_cost: 1.234567891,
      total_cost_nano_usd: '1234567891',
      average_latency: 12.5,
      success_rate: 0.75,
    },
    providers: [
      {
        provider: 'openai',
        requests: 3,
        cost: 1.234567891,
        cost_nano_usd: '1234567891',
        average_latency: 12.5,
      },
      { provider: 'local', requests: 1, cost: 0, cost_nano_usd: '0', average_latency: null },
    ],
    optimizations: [{ type: 'idle_probes', potential_savings: 0.02, description: 'local was probed' }],
  });
  expect(analyticsOf(GetCostSummaryResponse.fromPartial({}), []).summary).toMatchObject({
    average_latency: null,
    success_rate: null,
  });
});
