import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTokens, splitIntoChunks, truncateToTokens } from './tokens.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('tokens', () => {
  test.each([
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['é', 1],
    ['東京', 2],
    ['🙂🙂', 2],
  ])('%j is %i: one per started 4 bytes of UTF-8', (text, tokens) => {
    expect(countTokens(text)).toBe(tokens);
  });

  test('chunks put together are the text, and their tokens its tokens', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 9 }), (text, tokensPerChunk) => {
        const chunks = splitIntoChunks(text, tokensPerChunk);
        expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
        expect(chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)).toBe(countTokens(text));
        for (const chunk of chunks) expect(chunk.text).not.toBe('');
        for (const chunk of chunks.slice(0, -1)) expect(chunk.tokens).toBe(tokensPerChunk);
      }),
    );
  });

  test('no chunk cuts a character', () => {
    expect(splitIntoChunks('abcé東🙂z', 1).map((chunk) => chunk.text)).toEqual(['abc', 'é東', '🙂', 'z']);
  });

  test('a truncated text is the longest beginning that has at most so many tokens', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const cut = truncateToTokens(text, max);
        expect(text.startsWith(cut)).toBe(true);
        expect(countTokens(cut)).toBe(Math.min(max, countTokens(text)));
      }),
    );
  });
});
