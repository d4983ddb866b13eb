import {
  CacheResult,
  type Cost,
  DecisionOutcome,
  type StreamCompleteResponse,
  type StreamStarted,
} from '@switchyard/contracts/routing';
import { offeringOfAnswer } from '../domain/cache/offering-of-answer.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { PipelineContext } from '../ports.ts';
import { bookHit, type CachedCall, infoOfHit, NO_COST, routeOfHit } from './cached-hit.ts';
import { durationOf } from './duration-of.ts';

/**
 * A stream that somebody else has asked for, as this caller is told it: as its own request, at no cost. It is booked at the end, when it
 * is known what was saved: nothing, as far as is known, where it did not come to its end.
 *
 * @throws where it cannot be this caller's, before anything was told
 */
export async function* joinedStream(
  call: CachedCall<'chat'>,
  pieces: AsyncIterable<StreamCompleteResponse>,
  context: PipelineContext,
): AsyncGenerator<StreamCompleteResponse, void, undefined> {
  const { asked, key } = call;
  const result = CacheResult.JOINED;
  let begun: { readonly started: StreamStarted; readonly offering: Offering } | undefined;
  let outcome: DecisionOutcome = DecisionOutcome.CANCELLED;
  let cost: Cost | undefined;
  try {
    for await (const piece of pieces) {
      switch (piece.event?.$case) {
        case 'started': {
          const started = piece.event.value;
          const offering = offeringOfAnswer(started.route, asked);
          if (offering === undefined)
            throw new TypeError('the answer is of nobody who may serve this request');
          begun = { started, offering };
          const cache = infoOfHit(key, { response: { ...started, cost: undefined }, ageMs: 0, result });
          const route = routeOfHit(started.route, cache);
          const { requestId } = asked;
          yield { event: { $case: 'started', value: { ...started, requestId, route, cache } } };
          break;
        }
        case 'finished': {
          if (begun === undefined) throw new TypeError('a stream begins with started');
          outcome = DecisionOutcome.CACHED;
          cost = piece.event.value.cost;
          const took = durationOf(context.clock.monotonicMs() - asked.arrivedAtMs);
          const timings = { total: took, firstToken: undefined, overhead: undefined };
          yield { event: { $case: 'finished', value: { ...piece.event.value, cost: NO_COST, timings } } };
          break;
        }
        default:
          yield piece;
      }
    }
  } catch (error) {
    if (!asked.signal.aborted) outcome = DecisionOutcome.BROKEN_STREAM;
    throw error;
  } finally {
    if (begun !== undefined) {
      const { started, offering } = begun;
      const response = { ...started, cost };
      const cache = infoOfHit(key, { response, ageMs: 0, result });
      bookHit(call, { response, offering, cache }, { stream: true, context, outcome });
    }
  }
}
