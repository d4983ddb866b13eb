import { compose, failureOf } from '../http/answer-call.ts';
import { openAttempt } from '../http/attempt.ts';
import type { ServeContext } from '../http/exchange.ts';
import { checkModel } from '../http/read-call.ts';
import type { Provider } from '../provider.ts';
import type { Stamp } from '../wire/wire-format.ts';
import type { BatchLine, BatchState, LineOutcome, StoredBatch } from './batch-store.ts';

/** Where a batch is answered. */
export interface BatchPlace {
  readonly provider: Provider;
  readonly context: ServeContext;
}

/** Answers what is to be answered of a batch, and ends it. */
export function endBatch(batch: StoredBatch, as: 'due' | 'cancelled', place: BatchPlace): StoredBatch {
  const { batches, batchBehaviour } = place.provider.state;
  const { failWith, expireAfterLines = Number.POSITIVE_INFINITY } = batchBehaviour;
  const most = as === 'cancelled' || failWith !== undefined ? 0 : expireAfterLines;
  const unanswered = as === 'cancelled' ? 'cancelled' : 'expired';
  const outcomes = batch.lines.map((line, i) =>
    i < most ? answerLine(line, place) : notAnswered(line, unanswered),
  );
  const ended: StoredBatch = {
    ...batch,
    state: stateOf(as, { failWith, isWhole: most >= batch.lines.length }),
    endedUnixMs: Date.now(),
    // Results come in no order that callers may rely on.
    outcomes: failWith === undefined ? outcomes.reverse() : [],
    failure: failWith,
  };
  batches.end(ended);
  return ended;
}

function stateOf(
  as: 'due' | 'cancelled',
  { failWith, isWhole }: { readonly failWith: string | undefined; readonly isWhole: boolean },
): BatchState {
  if (as === 'cancelled') return 'cancelled';
  if (failWith !== undefined) return 'failed';
  return isWhole ? 'completed' : 'expired';
}

const notAnswered = ({ customId }: BatchLine, kind: 'expired' | 'cancelled'): LineOutcome => ({
  ...{ customId, kind, status: 0, body: null, requestId: '' },
});

/** A line is read, answered, counted and failed as a call of its path. */
function answerLine({ customId, path, body }: BatchLine, { provider, context }: BatchPlace): LineOutcome {
  const { wire, unknownFields, tokensPerChunk, state } = provider;
  const stamp: Stamp = { id: context.nextId(), unixMs: Date.now(), processingMs: 0 };
  const outcome = (status: number, text: string): LineOutcome => ({
    ...{ customId, kind: 'answered', status, body: JSON.parse(text), requestId: `req_${stamp.id}` },
  });
  const attempt = openAttempt({ req: { headers: {} }, provider, log: context.log });
  const route = wire.route({ method: 'POST', path, query: new URLSearchParams() });
  if (route.kind !== 'generate') throw new TypeError(`a batch for ${path} was taken`);
  const read = wire.readCall({ body, headers: {}, route, unknownFields, tokensPerChunk });
  const reading = checkModel(read, { provider, attempt });
  if (reading.kind === 'refused') {
    const error = wire.refusal(reading.problem, stamp);
    attempt.settle({ outcome: 'refused', status: error.status });
    return outcome(error.status, error.body);
  }
  const { call, writer, model } = reading;
  const fault = state.faults.pick(call, state.random);
  attempt.fault = fault?.type;
  const failure = fault && failureOf({ fault, call, provider, stamp });
  if (failure !== undefined) {
    attempt.settle({ outcome: 'faulted', status: failure.status });
    return outcome(failure.status, failure.body);
  }
  const answer = compose({ provider, context, reading, model });
  const text = writer.unary({ answer, stamp, usage: 'report' });
  attempt.settle({
    outcome: 'complete',
    status: 200,
    tokens: answer.usage,
    deliveredTokens: answer.usage.outputTokens,
  });
  return outcome(200, String(text));
}
