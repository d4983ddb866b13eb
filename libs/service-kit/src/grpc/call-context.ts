import type { Metadata } from '@grpc/grpc-js';
import type { Span } from '@opentelemetry/api';
import type { Principal } from '../auth/principal.ts';

/** What a handler knows of a call besides its request. */
export interface CallContext {
  /** Who calls. */
  readonly principal: Principal;
  /** Fires when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
  /** When the caller's patience ends, in wall milliseconds; undefined: never. */
  readonly deadlineAtMs: number | undefined;
  /** The server span; undefined while tracing is off. */
  readonly span: Span | undefined;
  readonly metadata: Metadata;
}
