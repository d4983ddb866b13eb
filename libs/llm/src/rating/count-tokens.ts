import type { CompleteRequest } from '@switchyard/contracts/routing';

/**
 * Most input tokens that a request can become at any provider. `Infinity` where the content says nothing about it (a
 * document, a sound by URL): clamp it with the offering's context limit.
 */
export function boundInputTokens(_request: CompleteRequest): number {
  throw new Error('being written');
}

/** Expected input tokens: for comparing candidates, not for holds. */
export function estimateInputTokens(_request: CompleteRequest): number {
  throw new Error('being written');
}

/** Expected tokens of a text of so many UTF-8 bytes: for streams that were cut before usage came. */
export function estimateTextTokens(_utf8Bytes: number): number {
  throw new Error('being written');
}
