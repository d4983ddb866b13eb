import { expect, test, vi } from 'vitest';
import { SharedAnswer } from './shared-answer.ts';

function work() {
  const done = Promise.withResolvers<string>();
  const onEnd = vi.fn();
  let gone: AbortSignal | undefined;
  const shared = new SharedAnswer((signal) => {
    gone = signal;
    signal.addEventListener('abort', () => done.reject(new Error('nobody waits')));
    return done.promise;
  }, onEnd);
  return { shared, onEnd, done, isEnded: () => gone?.aborted };
}

test('one going away does not end it for the others; the last one does', async () => {
  const { shared, isEnded, onEnd } = work();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = shared.wait(one.signal);
  const second = shared.wait(other.signal);
  one.abort();
  expect(isEnded()).toBe(false);
  expect(onEnd).not.toHaveBeenCalled();
  other.abort();
  expect(isEnded()).toBe(true);
  expect(onEnd).toHaveBeenCalled();
  expect(await Promise.all([first, second])).toMatchObject([{ kind: 'failed' }, { kind: 'failed' }]);
});

test('all who wait have the answer', async () => {
  const { shared, done } = work();
  const waiting = [1, 2, 3].map(() => shared.wait(new AbortController().signal));
  expect(shared.waiting).toBe(3);
  done.resolve('answer');
  expect(await Promise.all(waiting)).toEqual([1, 2, 3].map(() => ({ kind: 'answer', answer: 'answer' })));
});
