import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import type { AttemptLog } from '../stats/attempt-log.ts';
import type { WireRoute } from '../wire/wire-format.ts';

/** What all exchanges of a simulator share. */
export interface ServeContext {
  readonly log: AttemptLog;
  readonly maxBodyBytes: number;
  readonly nextId: () => string;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** One generation request on its way. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly route: Extract<WireRoute, { kind: 'generate' }>;
  readonly query: URLSearchParams;
  readonly provider: Provider;
  readonly context: ServeContext;
}
