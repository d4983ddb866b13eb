import { expect, test } from 'vitest';
import { RetryGate, type RetryLeave } from './retry-gate.ts';

const REQUESTS = 10_000;
const AT_ONCE = 50;

class Target {
  readonly gate = new RetryGate();
  readonly works: boolean;
  attempts = 0;

  constructor(works: boolean) {
    this.works = works;
  }

  answer(): boolean {
    this.attempts += 1;
    if (this.works) this.gate.onSuccess();
    else this.gate.onFailure();
    return this.works;
  }
}

/** Rounds of requests that are under way together: all to the first target, then what failed to the second. */
function serve(first: Target, second: Target): number {
  let succeeded = 0;
  for (let round = 0; round < REQUESTS / AT_ONCE; round += 1) {
    for (let i = 0; i < AT_ONCE; i += 1) first.gate.startRequest();
    const failed = Array.from({ length: AT_ONCE }, () => first.answer()).filter((ok) => !ok).length;
    succeeded += AT_ONCE - failed + failOver(failed, second);
    for (let i = 0; i < AT_ONCE; i += 1) first.gate.end('request');
  }
  return succeeded;
}

function failOver(count: number, target: Target): number {
  let succeeded = 0;
  const leaves: RetryLeave[] = [];
  for (let i = 0; i < count; i += 1) {
    const leave = target.gate.tryStartRetry();
    if (leave === undefined) continue;
    leaves.push(leave);
    if (target.answer()) succeeded += 1;
  }
  for (const leave of leaves) target.gate.end(leave);
  return succeeded;
}

test('a dead first target costs no request: its failovers are not held back by its own failures', () => {
  expect(serve(new Target(false), new Target(true))).toBe(REQUESTS);
});

test('when everything fails there are at most 1.2 attempts per request', () => {
  const [first, second] = [new Target(false), new Target(false)];
  serve(first, second);
  expect((first.attempts + second.attempts) / REQUESTS).toBeLessThanOrEqual(1.2);
});
