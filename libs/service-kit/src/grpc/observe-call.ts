import type { StatusCode } from '@switchyard/kernel';

/** What is known of a call when it ends. */
export interface EndedCall {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly code: StatusCode | 'OK';
  readonly durationMs: number;
}

/** Told of every call that ends. */
export type ObserveCall = (call: EndedCall) => void;
