import { beforeEach, describe, expect, test } from 'vitest';
import type { PromptPiece } from '../answer/simulated-call.ts';
import { prefixMemory } from './prefix-memory.ts';
import { type CacheSetting, type CacheStyle, usePrompt } from './use-prompt.ts';

let cache: CacheSetting;
beforeEach(() => {
  cache = { mode: 'prefix', minTokens: 100, ttlMs: 1_000, memory: prefixMemory(10) };
});

const piece = (text: string, tokens: number, mark?: '5m' | '1h'): PromptPiece => ({
  text,
  tokens,
  ...(mark && { mark }),
});

function use(
  pieces: readonly PromptPiece[],
  extra: { style?: CacheStyle; nowMs?: number; model?: string } = {},
) {
  return usePrompt({ model: 'm', style: 'implicit', nowMs: 0, cache, pieces, ...extra });
}

const long = piece('long', 300);

describe('an implicit prompt cache', () => {
  test('knows the longest beginning it has seen, in steps of 128 tokens', () => {
    expect(use([long, piece('a', 300)]).cachedInputTokens).toBe(0);
    expect(use([long, piece('b', 50)]).cachedInputTokens).toBe(256);
    expect(use([long, piece('a', 300), piece('c', 9)]).cachedInputTokens).toBe(512);
  });

  test('does not mistake another order, another model or a shorter prompt for it', () => {
    use([long, piece('a', 300)]);
    expect(use([piece('a', 300), long]).cachedInputTokens).toBe(0);
    expect(use([long], { model: 'other' }).cachedInputTokens).toBe(0);
    use([piece('tiny', 99)]);
    expect(use([piece('tiny', 99)]).cachedInputTokens).toBe(0);
  });

  test('forgets after its time, which every use prolongs', () => {
    use([long], { nowMs: 0 });
    expect(use([long], { nowMs: 900 }).cachedInputTokens).toBe(256);
    expect(use([long], { nowMs: 1_800 }).cachedInputTokens).toBe(256);
    expect(use([long], { nowMs: 2_800 }).cachedInputTokens).toBe(0);
  });

  test('forgets the least recently used when it is full', () => {
    for (let i = 0; i < 11; i++) use([piece(`p${i}`, 200)]);
    expect(use([piece('p10', 200)]).cachedInputTokens).toBe(128);
    expect(use([piece('p0', 200)]).cachedInputTokens).toBe(0);
  });
});

describe('a marked prompt cache', () => {
  const style = 'marked';

  test('writes up to each mark and reads up to the last one known', () => {
    const pieces = [piece('tools', 200, '5m'), piece('system', 100, '1h'), piece('user', 40)];
    expect(use(pieces, { style })).toEqual({
      inputTokens: 340,
      cachedInputTokens: 0,
      cacheWrite5mTokens: 200,
      cacheWrite1hTokens: 100,
    });
    const more = [...pieces.slice(0, 2), piece('other', 70, '5m'), piece('end', 5)];
    expect(use(more, { style })).toEqual({
      inputTokens: 375,
      cachedInputTokens: 300,
      cacheWrite5mTokens: 70,
      cacheWrite1hTokens: 0,
    });
  });

  test('does nothing without a mark', () => {
    use([long], { style });
    expect(use([long], { style })).toMatchObject({ cachedInputTokens: 0, cacheWrite5mTokens: 0 });
  });

  test('keeps an hour mark 12 times as long', () => {
    const hour = [piece('hour', 200, '1h')];
    use(hour, { style, nowMs: 0 });
    expect(use(hour, { style, nowMs: 11_900 }).cachedInputTokens).toBe(200);
    expect(use(hour, { style, nowMs: 24_000 }).cachedInputTokens).toBe(0);
  });
});

test('a ratio is a ratio, and off is off', () => {
  cache = { mode: 'ratio', ratio: 0.5 };
  expect(use([piece('x', 7)]).cachedInputTokens).toBe(3);
  cache = { mode: 'off' };
  expect(use([long])).toMatchObject({ inputTokens: 300, cachedInputTokens: 0 });
});
