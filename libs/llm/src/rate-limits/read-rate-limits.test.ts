import type { ToldQuota } from '@switchyard/resilience';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRateLimits } from './read-rate-limits.ts';
import { readReset } from './read-reset.ts';

const NOW_MS = Date.UTC(2025, 0, 15, 12, 0, 0);

const evenly = (
  counts: ToldQuota['counts'],
  remaining: number,
  limit: number,
  resetMs: number,
): ToldQuota => ({
  counts,
  remaining,
  limit,
  resetMs,
  refills: 'evenly',
});
const atOnce = (remaining: number, limit: number | undefined, resetMs: number): ToldQuota => ({
  counts: 'requests',
  remaining,
  limit,
  resetMs,
  refills: 'at_once',
});

/** As the vendors' documentation shows them, the drafts' examples, and what is in use. */
const CASES: readonly [string, Readonly<Record<string, string>>, readonly ToldQuota[]][] = [
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    [evenly('requests', 59, 60, 1_000), evenly('tokens', 149_984, 150_000, 360_000)],
  ],
  [
    'Groq',
    {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-limit-tokens': '18000',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-requests': '2m59.56s',
      'x-ratelimit-reset-tokens': '7.66s',
    },
    [evenly('requests', 14_370, 14_400, 179_560), evenly('tokens', 17_997, 18_000, 7_660)],
  ],
  [
    'Anthropic',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2025-01-15T12:00:01Z',
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2025-01-15T12:01:00Z',
      'anthropic-ratelimit-output-tokens-limit': '10000',
      'anthropic-ratelimit-output-tokens-remaining': '10000',
      'anthropic-ratelimit-output-tokens-reset': '2025-01-15T12:00:00Z',
    },
    [
      evenly('requests', 49, 50, 1_000),
      evenly('tokens', 0, 50_000, 60_000),
      evenly('tokens', 10_000, 10_000, 0),
    ],
  ],
  [
    'Azure OpenAI with resets in seconds',
    {
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '12',
      'x-ratelimit-reset-tokens': '30',
    },
    [evenly('tokens', 12, 1_000, 30_000)],
  ],
  [
    'Azure OpenAI without resets, which says nothing of when',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '9000' },
    [],
  ],
  [
    'RateLimit-Limit, -Remaining, -Reset',
    { 'ratelimit-limit': '100, 100;w=10', 'ratelimit-remaining': '0', 'ratelimit-reset': '7' },
    [atOnce(0, 100, 7_000)],
  ],
  ['RateLimit of draft 7', { ratelimit: 'limit=100, remaining=50, reset=5' }, [atOnce(50, 100, 5_000)]],
  [
    'RateLimit of draft 9',
    { 'ratelimit-policy': '"burst";q=100;w=60', ratelimit: '"burst";r=50;t=30, "day";r=0;t=3600' },
    [atOnce(50, undefined, 30_000), atOnce(0, undefined, 3_600_000)],
  ],
  [
    'OpenRouter, with a time in milliseconds',
    {
      'x-ratelimit-limit': '20',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(NOW_MS + 12_000),
    },
    [atOnce(0, 20, 12_000)],
  ],
  [
    'GitHub Models, with a time in seconds',
    {
      'x-ratelimit-limit': '15',
      'x-ratelimit-remaining': '3',
      'x-ratelimit-reset': String(NOW_MS / 1_000 + 9),
    },
    [atOnce(3, 15, 9_000)],
  ],
  ['nothing', { 'content-type': 'application/json' }, []],
  [
    'what cannot be read',
    {
      'x-ratelimit-remaining-requests': '-1',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '5',
      'x-ratelimit-reset-tokens': 'soon',
      ratelimit: 'unlimited',
    },
    [],
  ],
];

test.each(CASES)('%s', (_, headers, expected) => {
  expect(readRateLimits(headers, NOW_MS)).toEqual(expected);
});

describe('a reset', () => {
  test.each([
    ['20ms', 20],
    ['1s', 1_000],
    ['6m', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['1m30s500ms', 90_500],
    ['0s', 0],
    ['12', 12_000],
    ['0.5', 500],
    ['2025-01-15T12:00:30+00:00', 30_000],
    ['2025-01-15T11:00:00Z', 0],
  ])('%j is %i ms away', (value, resetMs) => {
    expect(readReset(value, NOW_MS)).toBe(resetMs);
  });

  test.each([undefined, '', '-1s', 's', 'ms', '1x', 'Infinity', '9'.repeat(65)])('%j is none', (value) => {
    expect(readReset(value, NOW_MS)).toBeUndefined();
  });
});

test('any other text gives nothing, or what is finite and not negative; it never throws', () => {
  const text = fc.oneof(fc.string({ maxLength: 80 }), fc.stringMatching(/^[\d.hms:;=,"rtT Z+-]{0,40}$/));
  const names = CASES.flatMap(([, headers]) => Object.keys(headers));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), text), (headers) => {
      for (const { remaining, resetMs } of readRateLimits(headers, NOW_MS)) {
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(resetMs).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(remaining) && Number.isFinite(resetMs)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});
