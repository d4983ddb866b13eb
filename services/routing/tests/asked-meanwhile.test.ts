import {
  CacheResult,
  CacheUse,
  CompleteRequest,
  CompleteResponse,
  FinishReason,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { type AskedCall, askRequest } from '../src/pipeline/ask-request.ts';
import { CachedPipeline } from '../src/pipeline/cached-pipeline.ts';
import type { SharedAnswers } from '../src/ports.ts';
import { call, contextOf } from './support/pipeline-context.ts';

const unused = () => Promise.reject(new Error('not used'));

/** A store that has nothing, and says so when it is told to. */
function emptyStore() {
  const looks: (() => void)[] = [];
  const store: SharedAnswers = {
    isUp: true,
    get: () => new Promise((resolve) => looks.push(() => resolve(undefined))),
    put: () => undefined,
    clear: unused,
    countOf: unused,
  };
  return { store, looks };
}

test('a question whose look at the shared store outlasts the answer to the same question is not asked again', async () => {
  const { store, looks } = emptyStore();
  const { context } = contextOf({ shared: store });
  const cached = new CachedPipeline(context, unused);
  const request = CompleteRequest.fromPartial({ ...call.request, cache: { use: CacheUse.ON } });
  const asked = askRequest(
    { operation: chatOf(request), principal: call.principal, signal: call.signal, deadlineAtMs: undefined },
    context,
  ) as AskedCall<'chat'>;
  let asks = 0;
  const answer = () =>
    cached.answer(asked, async () => {
      asks++;
      return CompleteResponse.fromPartial({
        finishReason: FinishReason.STOP,
        message: { role: 3, parts: [{ content: { $case: 'text', value: 'hi' } }] },
        route: { provider: 'a', model: 'm' },
        usage: { inputTokens: 1, outputTokens: 1 },
      });
    });
  const first = answer();
  const second = answer();
  looks[0]?.();
  expect((await first).cache?.result).toBe(CacheResult.MISS);
  looks[1]?.();
  expect((await second).cache?.result).toBe(CacheResult.HIT_L1);
  expect(asks).toBe(1);
});
