import type { Frame } from '../wire/wire-format.ts';

/** One thing the transport does. Before the first `send` or `head`, not even the status line is out. */
export type Step =
  | SendStep
  /** Sends the status line and headers. */
  | { readonly kind: 'head' }
  /** From here on the answer counts as faulted. */
  | { readonly kind: 'spoil' }
  /** Waits; without a time until the caller leaves. */
  | { readonly kind: 'stall'; readonly forMs?: number }
  /** Ends the connection inside the body. */
  | { readonly kind: 'cut' }
  /** Resets the connection. */
  | { readonly kind: 'reset' };

/** Sends a piece of the body. */
export interface SendStep {
  readonly kind: 'send';
  readonly data: string | Uint8Array;
  /** Output tokens generated for it. */
  readonly tokens: number;
  /** Of these: reasoning. */
  readonly reasoningTokens: number;
  /** Output tokens that a caller can read out of what was sent so far and this piece. */
  readonly delivered: number;
}

/** A stream event as step. */
export function sendFrame({ data, tokens, reasoningTokens }: Frame): SendStep {
  return { kind: 'send', data, tokens, reasoningTokens, delivered: tokens };
}

/** Bytes that stand for no tokens. */
export function sendBytes(data: string | Uint8Array): SendStep {
  return { kind: 'send', data, tokens: 0, reasoningTokens: 0, delivered: 0 };
}
