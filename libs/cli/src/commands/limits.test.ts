import { LimitUse } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { describeEntrance, renderLimits } from './limits.ts';

test('limits are shown with what is left, and who counts', () => {
  const found = [
    {
      provider: 'openai',
      limit: 'requests_per_minute',
      value: 6_000n,
      capacity: 1_000n,
      left: 12.7,
      shared: true,
    },
    { provider: 'openai', endpoint: 'eu', limit: 'concurrent_requests', value: 5n, capacity: 5n, left: -1 },
    { provider: 'groq', model: 'llama', limit: 'provider_tokens', left: 40_000 },
  ].map((limit) => LimitUse.fromPartial(limit));
  expect(renderLimits(found)).toBe(
    [
      'PROVIDER  ENDPOINT  MODEL  LIMIT                        LEFT     OF  COUNTED BY',
      'openai    –         all    6,000 requests per minute      12  1,000  all replicas',
      'openai    eu        all    5 concurrent requests          -1      5  this replica',
      'groq      –         llama  tokens                     40,000      –  the provider',
      '',
    ].join('\n'),
  );
});

test('the entrance is told in one line', () => {
  const full = { active: 12, mostActive: 16_384, mostQueued: 1_024 };
  expect(describeEntrance({ ...full, queued: { high: 1, normal: 0, low: 2 } })).toBe(
    '12 of 16,384 requests under way, 3 of 1,024 wait (1 high, 2 low)',
  );
  expect(describeEntrance({ ...full, queued: {} })).toBe('12 of 16,384 requests under way, 0 of 1,024 wait');
});
