import { GetCacheStatisticsResponse } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { renderStatistics } from './cache.ts';

test('tells the share of hits, what was saved, and what is not known', () => {
  const statistics = GetCacheStatisticsResponse.fromPartial({
    since: new Date('2026-11-29T12:00:00Z'),
    requests: { miss: 25n, 'hit-l1': 60n, 'hit-l2': 10n, joined: 5n },
    savedNanoUsd: 1_500_000_000n,
    memoryEntries: 20,
    memoryBytes: 1_572_864n,
  });
  const text = renderStatistics(statistics);
  expect(text).toContain('100 requests that may be cached at this replica since 2026-11-29T12:00:00.000Z');
  expect(text).toContain('75 answered without a call (75.0 %)');
  expect(text).toContain('60 hit-l1, 10 hit-l2, 5 joined, 25 miss');
  expect(text).toContain('Saved: $1.5');
  expect(text).not.toContain('embeddings');
  expect(text).toContain('20 answers of all tenants, about 1.5 MiB');
  expect(text).toContain('Redis is away, or not configured');
});

test('without any requests no share is made up', () => {
  expect(renderStatistics(GetCacheStatisticsResponse.create())).toContain('0 answered without a call (–)');
});

test('tells what embeddings cost where questions are embedded', () => {
  const statistics = GetCacheStatisticsResponse.fromPartial({
    requests: { miss: 1n, 'hit-semantic': 1n },
    embeddedQuestions: 2n,
    embeddingCostNanoUsd: 40_000n,
  });
  const text = renderStatistics(statistics);
  expect(text).toContain('1 hit-semantic, 1 miss');
  expect(text).toContain('Spent on embeddings of 2 questions: $0.00004');
});
