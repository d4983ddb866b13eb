import type { Clock } from '@switchyard/kernel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LeasedBatch, PostgresBatchWork } from '../src/adapters/postgres-batch-work.ts';
import { HeldLease } from '../src/batch/held-lease.ts';

const clock = { wallMs: () => Date.now(), monotonicMs: () => Date.now() } as Clock;
const renew = vi.fn<() => Promise<'in_progress'>>();
let lease: HeldLease;

beforeEach(() => {
  vi.useFakeTimers();
  renew.mockResolvedValue('in_progress');
  const batch = { state: 'in_progress', expiresAtMs: Date.now() + 86_400_000 };
  lease = new HeldLease({ batch, leaseId: 'l' } as LeasedBatch, {
    work: { renew } as unknown as PostgresBatchWork,
    clock,
  });
});

afterEach(() => {
  lease[Symbol.dispose]();
  vi.useRealTimers();
});

test('a lease that was not renewed for 10 of its 15 s is held no longer for certain, until it is renewed', async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  const { unsure } = lease;
  expect(unsure.aborted).toBe(false);
  renew.mockRejectedValue(new Error('the database is away'));
  await vi.advanceTimersByTimeAsync(9_000);
  expect(unsure.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(unsure.aborted).toBe(true);
  // Lines under way go on: what came of them is stored as soon as the database is there, if the lease is still this one.
  expect(lease.lost.aborted).toBe(false);
  renew.mockResolvedValue('in_progress');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(lease.unsure.aborted).toBe(false);
});

test('a renewal that nobody answers does not count', async () => {
  renew.mockReturnValue(new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(12_000);
  expect(lease.unsure.aborted).toBe(true);
});
