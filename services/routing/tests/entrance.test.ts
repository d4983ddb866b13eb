import type { Priority } from '@switchyard/resilience';
import { expect, test } from 'vitest';
import { AdmittedStream } from '../src/pipeline/admitted-stream.ts';
import { Entrance } from '../src/pipeline/entrance.ts';

const forever = new AbortController().signal;

function openEntrance(mostActive: number, mostQueued: number) {
  const shed: Priority[] = [];
  const clock = { monotonicMs: () => 0, wallMs: () => 0 };
  const lag = { ms: 0 };
  const onShed = (priority: Priority) => shed.push(priority);
  const entrance = new Entrance({ mostActive, mostQueued, clock, lag, onShed });
  return { entrance, shed, lag };
}

test('a place that is left goes to the most urgent that waits', async () => {
  const { entrance } = openEntrance(1, 10);
  expect(entrance.enter('normal', forever)).toBeUndefined();
  const order: string[] = [];
  const waiting = (['low', 'normal', 'high'] as const).map(async (priority) => {
    await entrance.enter(priority, forever);
    order.push(priority);
    entrance.leave();
  });
  expect([entrance.active, entrance.queued('high')]).toEqual([1, 1]);
  entrance.leave();
  await Promise.all(waiting);
  expect(order).toEqual(['high', 'normal', 'low']);
  expect(entrance.active).toBe(0);
});

test('where nobody may wait any more the least urgent is refused', async () => {
  const { entrance, shed } = openEntrance(1, 1);
  void entrance.enter('normal', forever);
  const low = entrance.enter('low', forever);
  const high = entrance.enter('high', forever);
  await expect(low).rejects.toMatchObject({ reason: 'TOO_MANY_REQUESTS' });
  await expect(entrance.enter('normal', forever)).rejects.toMatchObject({ reason: 'TOO_MANY_REQUESTS' });
  expect(shed).toEqual(['low', 'normal']);
  entrance.leave();
  await high;
});

test.each([
  [499, []],
  [500, ['low']],
  [2_000, ['low', 'normal']],
  [5_000, ['low', 'normal', 'high']],
])('with an event loop %i ms late %j are refused, and take no place', async (ms, refused) => {
  const { entrance, shed, lag } = openEntrance(10, 10);
  lag.ms = ms;
  for (const priority of ['low', 'normal', 'high'] as const)
    await entrance.enter(priority, forever)?.catch((error) => {
      expect(error).toMatchObject({ reason: 'OVERLOADED', code: 'UNAVAILABLE', retryable: true });
    });
  expect(shed).toEqual(refused);
  expect(entrance.active).toBe(3 - refused.length);
});

test('whoever goes away while it waits takes no place', async () => {
  const { entrance, shed } = openEntrance(1, 10);
  void entrance.enter('normal', forever);
  const caller = new AbortController();
  const gone = entrance.enter('high', caller.signal);
  caller.abort();
  await expect(gone).rejects.toMatchObject({ reason: 'CANCELLED' });
  expect(shed).toEqual([]);
  entrance.leave();
  expect(entrance.active).toBe(0);
});

test('a stream that is left while it waits leaves once it is let in, without being opened', async () => {
  const { entrance } = openEntrance(1, 10);
  void entrance.enter('normal', forever);
  const stream = new AdmittedStream<never>({
    enter: () => entrance.enter('normal', forever),
    // biome-ignore lint/correctness/useYield: it must not be opened
    open: async function* () {
      throw new Error('opened');
    },
    leave: () => entrance.leave(),
  });
  const first = stream.next();
  await stream.return();
  entrance.leave();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(entrance.active).toBe(0);
});

test('a stream that cannot be opened gives its place back, though nobody ends it', async () => {
  const { entrance } = openEntrance(1, 10);
  const stream = new AdmittedStream<never>({
    enter: () => entrance.enter('normal', forever),
    open: () => {
      throw new TypeError('refused');
    },
    leave: () => entrance.leave(),
  });
  await expect(stream.next()).rejects.toThrow('refused');
  expect(entrance.active).toBe(0);
});
