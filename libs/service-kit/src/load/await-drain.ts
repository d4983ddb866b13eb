import type { EventEmitter } from 'node:events';
import { ServiceError } from '@switchyard/kernel';

/** Longest time that a caller may read nothing of an answer that waits for it. */
export const MAX_READER_STALL_MS = 60_000;

/**
 * Waits while a caller reads slowly: what it does not read is not kept in memory, and what is paid for it does not stay
 * open for ever.
 *
 * @param writable whose buffer is full
 * @param signal the caller is gone: the wait is over
 * @throws READER_STALLED where nothing was read for so long
 */
export function awaitDrain(
  writable: EventEmitter,
  signal: AbortSignal,
  stallMs: number = MAX_READER_STALL_MS,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(stalled);
      writable.off('drain', drained);
      signal.removeEventListener('abort', drained);
    };
    const drained = () => {
      leave();
      resolve();
    };
    const stalled = setTimeout(() => {
      leave();
      reject(readerStalled(stallMs));
    }, stallMs);
    writable.once('drain', drained);
    signal.addEventListener('abort', drained, { once: true });
  });
}

const readerStalled = (stallMs: number): ServiceError =>
  new ServiceError({
    reason: 'READER_STALLED',
    code: 'ABORTED',
    publicMessage: `the caller read nothing of the answer for ${stallMs / 1000} s`,
  });
