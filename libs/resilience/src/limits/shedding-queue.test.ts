import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PRIORITIES, SheddingQueue } from './shedding-queue.ts';

test('the most urgent goes first, and of equal ones the first', () => {
  const queue = new SheddingQueue<string>({ most: 10 });
  for (const [item, priority] of [
    ['l', 'low'],
    ['n1', 'normal'],
    ['h', 'high'],
    ['n2', 'normal'],
  ] as const)
    expect(queue.push(item, priority, 0)).toBeUndefined();
  expect([queue.shift(), queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
    'h',
    'n1',
    'n2',
    'l',
    undefined,
  ]);
});

test('where it is full the least urgent is shed, and whoever is no more urgent than all is refused', () => {
  const queue = new SheddingQueue<string>({ most: 2 });
  queue.push('l', 'low', 0);
  queue.push('n', 'normal', 0);
  expect(queue.push('l2', 'low', 0)).toBe('l2');
  expect(queue.push('n2', 'normal', 0)).toBe('l');
  expect(queue.push('n3', 'normal', 0)).toBe('n3');
  expect(queue.push('h', 'high', 0)).toBe('n');
  expect(queue.size).toBe(2);
});

test('a burst may wait; in a queue that stands nobody waits for long', () => {
  const queue = new SheddingQueue<number>({ most: 1_000, burstMs: 200, standingMs: 20 });
  queue.push(0, 'normal', 0);
  expect(queue.shedOverdue(199)).toEqual([]);
  for (let i = 1; i <= 30; i++) queue.push(i, 'normal', i * 10);
  // It has not been empty for 300 ms: what is older than 20 ms goes.
  expect(queue.shedOverdue(300)).toEqual(Array.from({ length: 29 }, (_, i) => i));
  expect(queue.size).toBe(2);
  queue.shift();
  queue.shift();
  // It is empty, but only since it has shed: nobody waits for long until it need not for a second.
  queue.push(98, 'low', 1_000);
  expect(queue.shedOverdue(1_020)).toEqual([98]);
  queue.push(99, 'low', 2_020);
  expect(queue.shedOverdue(2_170)).toEqual([]);
  expect(queue.shedOverdue(2_220)).toEqual([99]);
});

test('whoever leaves is not served', () => {
  const queue = new SheddingQueue<string>({ most: 2 });
  queue.push('a', 'high', 0);
  queue.push('b', 'low', 0);
  expect(queue.remove('a')).toBe(true);
  expect(queue.remove('a')).toBe(false);
  expect(queue.shift()).toBe('b');
});

test('it never holds more than its bound, and sheds nobody for one that is less urgent', () => {
  const pushes = fc.array(fc.constantFrom(...PRIORITIES), { maxLength: 60 });
  fc.assert(
    fc.property(pushes, fc.nat(10), (priorities, most) => {
      const queue = new SheddingQueue<{ readonly rank: number }>({ most });
      for (const priority of priorities) {
        const item = { rank: PRIORITIES.indexOf(priority) };
        const shed = queue.push(item, priority, 0);
        if (shed !== undefined && shed !== item) expect(shed.rank).toBeGreaterThan(item.rank);
        expect(queue.size).toBeLessThanOrEqual(most);
      }
    }),
  );
});
