import { expect, test } from 'vitest';
import { Turns } from '../src/runtime/turns.ts';

test('work is done one at a time, and who asks meanwhile shares the turn that begins after', async () => {
  const ends: (() => void)[] = [];
  let [underWay, most] = [0, 0];
  const turns = new Turns(async () => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => ends.push(resolve));
    underWay--;
  });
  const ended: string[] = [];
  const take = (name: string) => turns.take().then(() => ended.push(name));
  const all = [take('first'), take('second'), take('third')];
  const over = turns.ended().then(() => ended.push('over'));
  ends.shift()?.();
  await all[0];
  expect(ended).toEqual(['first']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ends).toHaveLength(1);
  ends.shift()?.();
  await Promise.all([...all, over]);
  expect(ended.slice(0, 3)).toEqual(['first', 'second', 'third']);
  expect({ most, left: ends.length }).toEqual({ most: 1, left: 0 });
});
