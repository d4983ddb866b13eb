import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takesMs } from './takes-ms.ts';

const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('time counts in which the process waits, not that in which it stands still', async () => {
  const takenMs = await takesMs(async () => {
    await sleep(100);
    standStill(2_000);
    await sleep(100);
  });
  expect(takenMs).toBeGreaterThan(150);
  expect(takenMs).toBeLessThan(1_000);
});

test('what fails, fails', async () => {
  await expect(takesMs(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
