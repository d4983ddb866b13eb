import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import type { AttemptLog } from '../stats/attempt-log.ts';
import type { Stamp, WireRoute } from '../wire/wire-format.ts';
import { answerCall } from './answer-call.ts';
import { type Attempt, openAttempt } from './attempt.ts';
import { CallerWatch } from './caller-watch.ts';
import { readCall } from './read-call.ts';
import { sendWireError } from './send-wire-error.ts';

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

/** Serves one generation request: read, compose, fail if asked to, send, count. */
export async function serveCall(exchange: Exchange): Promise<void> {
  const { req, provider, context } = exchange;
  const attempt = openAttempt({ req, provider, log: context.log });
  try {
    await serveAttempt(exchange, attempt);
  } catch (error) {
    attempt.settle({ outcome: 'faulted' });
    throw error;
  }
}

async function serveAttempt(exchange: Exchange, attempt: Attempt): Promise<void> {
  const { res, provider, context } = exchange;
  const watch = new CallerWatch(res);
  const startedMs = context.nowMs();
  const reading = await readCall({ ...exchange, maxBodyBytes: context.maxBodyBytes, attempt });
  const stamp = stampNow(exchange, startedMs);
  switch (reading.kind) {
    case 'gone':
      return attempt.settle({ outcome: 'aborted', noticedAfterMs: stamp.processingMs });
    case 'refused': {
      const error = provider.wire.refusal(reading.problem, stamp);
      attempt.settle({ outcome: 'refused', status: error.status });
      return sendWireError({ res, wire: provider.wire, error, stamp });
    }
    case 'call':
      return answerCall({ ...exchange, attempt, watch, reading, stamp });
    default:
      return reading satisfies never;
  }
}

function stampNow({ context }: Exchange, startedMs: number): Stamp {
  return { id: context.nextId(), unixMs: Date.now(), processingMs: context.nowMs() - startedMs };
}
