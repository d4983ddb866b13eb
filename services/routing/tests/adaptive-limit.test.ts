import { expect, test } from 'vitest';
import { OfferingRuntime } from '../src/runtime/offering-runtime.ts';

const adaptive = { adaptiveConcurrency: true };
const at = { tokens: 1, nowMs: 0 };

function begin(runtime: OfferingRuntime, calls: number): void {
  for (let i = 0; i < calls; i++) runtime.began(0);
}

test('a provider that asks for it is called no more than its speed allows, and others as often as there are calls', () => {
  const runtime = new OfferingRuntime();
  begin(runtime, 19);
  expect(runtime.refusal(adaptive, at)).toBeUndefined();
  begin(runtime, 1);
  expect(runtime.refusal(adaptive, at)).toMatchObject({ source: 'adaptive', limit: 20 });
  expect(runtime.refusal({ adaptiveConcurrency: false }, at)).toBeUndefined();
});

test('answers raise the limit, and refusals for load lower it', () => {
  const runtime = new OfferingRuntime();
  begin(runtime, 20);
  runtime.succeeded({ firstTokenMs: 100, totalMs: 100 }, 0);
  runtime.succeeded({ firstTokenMs: 100, totalMs: 100 }, 0);
  expect(runtime.refusal(adaptive, at)).toBeUndefined();
  const failed = (errorClass: 'rate_limited' | 'invalid_request') =>
    runtime.failed({
      error: { class: errorClass, retryAfterMs: undefined },
      permit: undefined,
      nowMs: 0,
      wallMs: 0,
    });
  failed('invalid_request');
  expect(runtime.refusal(adaptive, at)).toBeUndefined();
  failed('rate_limited');
  expect(runtime.refusal(adaptive, at)).toMatchObject({ limit: 19 });
});
