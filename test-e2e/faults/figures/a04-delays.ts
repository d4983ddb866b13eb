import { DEFAULT_BACKOFF, fullJitterDelayMs, retryAfterFromHeaders } from '@switchyard/resilience';
import type { Figure, Measured } from '../figure.ts';

const DELAYS = 10_000;
const RETRIES = 5;
const OFF_MS = 100;
/** Kolmogorov–Smirnov: a sample of n is off by more than this once in a hundred times where the distribution is right. */
const MOST_DISTANCE = 1.63 / Math.sqrt(DELAYS / RETRIES);
const WALL_MS = Date.UTC(2026, 0, 1);

/** Delays are worked out, not waited for: waiting is the operating system's. */
export const a4: Figure = {
  id: 'A4',
  what: '10,000 backoffs; 10,000 values of Retry-After in seconds, as a date, in milliseconds',
  promised: 'full-jitter distribution; ±100 ms',
  async measure(): Promise<Measured> {
    const distance = Math.max(...Array.from({ length: RETRIES }, (_, retry) => distanceOf(retry)));
    const off = Math.max(...Array.from({ length: DELAYS }, (_, i) => offBy(i)));
    return {
      measured: `distance ${distance.toFixed(3)} (≤${MOST_DISTANCE.toFixed(3)}), off by ≤${off} ms`,
      held: distance <= MOST_DISTANCE && off <= OFF_MS,
    };
  },
};

/** Largest distance between the delays' distribution and the even one from 0 to the bound of this retry. */
function distanceOf(retry: number): number {
  const { baseMs, capMs } = DEFAULT_BACKOFF;
  const boundMs = Math.min(capMs, baseMs * 2 ** retry);
  const random = seededRandom(retry + 1);
  const delays = Array.from(
    { length: DELAYS / RETRIES },
    () => fullJitterDelayMs({ retry, random }) / boundMs,
  );
  delays.sort((a, b) => a - b);
  return Math.max(
    ...delays.map((delay, i) =>
      Math.max(Math.abs(delay - i / delays.length), Math.abs((i + 1) / delays.length - delay)),
    ),
  );
}

/** How far a stated pause is from the one that was meant, in milliseconds. */
function offBy(i: number): number {
  const pauseS = i % 3_600;
  const forms = {
    seconds: { retryAfter: String(pauseS), retryAfterMs: undefined },
    date: { retryAfter: new Date(WALL_MS + pauseS * 1000).toUTCString(), retryAfterMs: undefined },
    milliseconds: { retryAfter: undefined, retryAfterMs: String(pauseS * 1000) },
  };
  const read = Object.values(forms).map((form) => retryAfterFromHeaders({ ...form, wallNowMs: WALL_MS }));
  return Math.max(...read.map((delayMs) => Math.abs((delayMs ?? Number.POSITIVE_INFINITY) - pauseS * 1000)));
}

/** The same numbers in each run. A linear congruential generator; constants of Numerical Recipes. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
