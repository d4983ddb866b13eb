import type { ToldQuota } from '@switchyard/resilience';
import { headerOf } from '../formats/http-answer.ts';
import type { ResponseHeaders } from '../formats/http-message.ts';
import { readNumber, readReset } from './read-reset.ts';
import { readStandardFields } from './read-standard-fields.ts';

type HeaderNames = Readonly<Record<'limit' | 'remaining' | 'reset', string>>;

const named = (prefix: string, of: string): HeaderNames => ({
  limit: `${prefix}limit-${of}`,
  remaining: `${prefix}remaining-${of}`,
  reset: `${prefix}reset-${of}`,
});

const ofAnthropic = (of: string): HeaderNames => ({
  limit: `anthropic-ratelimit-${of}-limit`,
  remaining: `anthropic-ratelimit-${of}-remaining`,
  reset: `anthropic-ratelimit-${of}-reset`,
});

/**
 * The vendors' own headers. Their limits are token buckets: the reset is when one is full again.
 *
 * - OpenAI, Azure OpenAI and those after it (Groq, Together, Cerebras, …): https://platform.openai.com/docs/guides/rate-limits,
 *   https://console.groq.com/docs/rate-limits
 * - Anthropic: https://docs.claude.com/en/api/rate-limits
 */
const VENDOR_HEADERS: readonly (readonly [ToldQuota['counts'], HeaderNames])[] = [
  ['requests', named('x-ratelimit-', 'requests')],
  ['tokens', named('x-ratelimit-', 'tokens')],
  ['requests', ofAnthropic('requests')],
  ['tokens', ofAnthropic('tokens')],
  ['tokens', ofAnthropic('input-tokens')],
  ['tokens', ofAnthropic('output-tokens')],
];

/** Of one kind several limits may be told: the one with least left narrows most. */
const MOST_LIMITS = 8;

/**
 * What the headers of an answer tell of its sender's limits. What is told without a reset says nothing of when it ends, and is
 * left out; so is what cannot be read.
 */
export function readRateLimits(headers: ResponseHeaders, wallNowMs: number): readonly ToldQuota[] {
  const found: ToldQuota[] = [];
  for (const [counts, names] of VENDOR_HEADERS) {
    const remaining = readNumber(headerOf(headers, names.remaining));
    if (remaining === undefined) continue;
    const resetMs = readReset(headerOf(headers, names.reset), wallNowMs);
    if (resetMs === undefined) continue;
    const limit = readNumber(headerOf(headers, names.limit));
    found.push({ counts, remaining, limit, resetMs, refills: 'evenly' });
  }
  for (const field of readStandardFields((name) => headerOf(headers, name), wallNowMs))
    found.push({ counts: 'requests', ...field, refills: 'at_once' });
  return found.slice(0, MOST_LIMITS);
}
