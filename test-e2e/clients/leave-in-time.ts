import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { expect, vi } from 'vitest';
import type { SimulatorControl } from '../support/simulator-control.ts';

/** From the caller's leaving to the end of the provider's call. */
const PROMISED_MS = 1_000;
const LEAVE_AFTER_MS = 300;

/** A caller that gives up when the signal fires. */
export interface Caller {
  /** How its request ended, as it tells it; it does not fail. */
  readonly asked: Promise<unknown>;
  /** It leaves once this has come. Default: at any time. */
  readonly seen?: Promise<unknown> | undefined;
}

/** Where a caller asks, and how. */
export interface Leaving {
  readonly control: SimulatorControl;
  readonly provider: string;
  readonly begin: (signal: AbortSignal) => Caller;
}

/** What came of a caller's leaving. */
export interface Left {
  readonly ended: unknown;
  readonly attempt: AttemptRecord;
}

/** Has a caller leave in the middle of an answer: the provider's call must end within the promised time. */
export async function leaveInTime({ control, provider, begin }: Leaving): Promise<Left> {
  const known = (await control.attempts()).length;
  const leave = new AbortController();
  const { asked, seen } = begin(leave.signal);
  await expect.poll(async () => (await control.stats()).providers[provider]?.inFlight).toBe(1);
  await sleep(LEAVE_AFTER_MS);
  await Promise.race([seen, asked]);
  const leftAtMs = Date.now();
  leave.abort();
  const ended = await asked;
  const attempt = await vi.waitFor(
    async () => {
      const found = (await control.attempts()).slice(known).find(({ outcome }) => outcome === 'aborted');
      if (found === undefined) throw new Error('the provider’s call goes on');
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(attempt.endedAtUnixMs - leftAtMs).toBeLessThanOrEqual(PROMISED_MS);
  return { ended, attempt };
}
