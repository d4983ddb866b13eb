import { expect, test, vi } from 'vitest';
import { SharedStream } from './shared-stream.ts';

/** A source of numbers that gives the next one when it is told to. */
function numbers({ maxBytes = 100, failsAt = Number.POSITIVE_INFINITY } = {}) {
  const steps: (() => void)[] = [];
  const onClosed = vi.fn();
  let left = false;
  let signal: AbortSignal | undefined;
  async function* open(gone: AbortSignal): AsyncGenerator<number, void, undefined> {
    signal = gone;
    try {
      for (let number = 0; number < 5; number++) {
        await new Promise<void>((resolve, reject) => {
          steps.push(resolve);
          gone.addEventListener('abort', () => reject(new Error('gone')));
        });
        if (number === failsAt) throw new Error('broken');
        yield number;
      }
    } finally {
      left = true;
    }
  }
  const stream = new SharedStream<number>({ open, bytesOf: () => 1, maxBytes, onClosed });
  const step = async () => {
    await expect.poll(() => steps.length, { interval: 5 }).toBeGreaterThan(0);
    steps.shift()?.();
  };
  return {
    stream,
    step,
    onClosed,
    get left() {
      return left;
    },
    get gone() {
      return signal?.aborted;
    },
  };
}

const never = new AbortController().signal;

async function all(pieces: AsyncIterable<number>): Promise<number[]> {
  const heard: number[] = [];
  for await (const piece of pieces) heard.push(piece);
  return heard;
}

test('whoever comes later hears all from the beginning, and the source is asked once', async () => {
  const source = numbers();
  const first = all(source.stream.read(never));
  await source.step();
  await source.step();
  const second = all(source.stream.read(never));
  for (let i = 0; i < 3; i++) await source.step();
  expect(await first).toEqual([0, 1, 2, 3, 4]);
  expect(await second).toEqual([0, 1, 2, 3, 4]);
  expect(source.onClosed).toHaveBeenCalled();
});

test('when one goes away the others hear the rest, and only when the last has gone the source ends', async () => {
  const source = numbers();
  const one = new AbortController();
  const other = new AbortController();
  const reading = source.stream.read(one.signal);
  const beginning = reading.next();
  await source.step();
  await beginning;
  const rest = source.stream.read(other.signal);
  expect(await rest.next()).toMatchObject({ value: 0 });
  one.abort();
  expect(source.gone).toBe(false);
  const next = rest.next();
  await source.step();
  expect(await next).toMatchObject({ value: 1 });
  const last = rest.next();
  other.abort();
  await expect(last).rejects.toThrow('gone');
  expect(source.gone).toBe(true);
  expect(source.left).toBe(true);
});

test('leaving by return is going away', async () => {
  const source = numbers();
  const reading = source.stream.read(never);
  const first = reading.next();
  await source.step();
  await first;
  await reading.return(undefined);
  expect(source.gone).toBe(true);
  await expect.poll(() => source.left).toBe(true);
});

test('a failure reaches every reader after what came before it', async () => {
  const source = numbers({ failsAt: 1 });
  const heard: number[][] = [[], []];
  const readers = heard.map(async (list) => {
    for await (const piece of source.stream.read(never)) list.push(piece);
  });
  const ends = Promise.allSettled(readers);
  await source.step();
  await source.step();
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(heard).toEqual([[0], [0]]);
});

test('a stream that grows too long is closed to newcomers, and told whole to those who read', async () => {
  const source = numbers({ maxBytes: 2 });
  const slow = source.stream.read(never);
  const first = slow.next();
  const fast = all(source.stream.read(never));
  for (let i = 0; i < 3; i++) await source.step();
  await expect.poll(() => source.onClosed).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 2; i++) await source.step();
  expect(await fast).toEqual([0, 1, 2, 3, 4]);
  expect([(await first).value, ...(await all(slow))]).toEqual([0, 1, 2, 3, 4]);
});
