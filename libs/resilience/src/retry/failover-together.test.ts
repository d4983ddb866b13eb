import { expect, test } from 'vitest';
import { RetryBudget } from './retry-budget.ts';
import { RetryThrottle } from './retry-throttle.ts';

const REQUESTS = 10_000;
const AT_ONCE = 50;

class Target {
  readonly throttle = new RetryThrottle();
  readonly budget = new RetryBudget();
  readonly works: boolean;
  attempts = 0;

  constructor(works: boolean) {
    this.works = works;
  }

  answer(): boolean {
    this.attempts += 1;
    if (this.works) this.throttle.onSuccess();
    else this.throttle.onFailure();
    return this.works;
  }
}

/** Rounds of requests that are under way together: all to the first target, then what failed to the second. */
function serve(first: Target, second: Target): number {
  let succeeded = 0;
  for (let round = 0; round < REQUESTS / AT_ONCE; round += 1) {
    for (let i = 0; i < AT_ONCE; i += 1) first.budget.startRequest();
    const failed = Array.from({ length: AT_ONCE }, () => first.answer()).filter((ok) => !ok).length;
    succeeded += AT_ONCE - failed + failOver(failed, second);
    for (let i = 0; i < AT_ONCE; i += 1) first.budget.endRequest();
  }
  return succeeded;
}

function failOver(count: number, target: Target): number {
  let [succeeded, held] = [0, 0];
  for (let i = 0; i < count; i += 1) {
    if (!target.throttle.allowsRetry) {
      if (!target.budget.tryStartRetry()) continue;
      held += 1;
    }
    if (target.answer()) succeeded += 1;
  }
  for (; held > 0; held -= 1) target.budget.endRetry();
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
