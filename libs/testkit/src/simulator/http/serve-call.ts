import type { Stamp } from '../wire/wire-format.ts';
import { answerCall } from './answer-call.ts';
import { type Attempt, openAttempt } from './attempt.ts';
import { CallerWatch } from './caller-watch.ts';
import type { Exchange } from './exchange.ts';
import { readCall } from './read-call.ts';
import { sendWireError } from './send-wire-error.ts';

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
