import type { Random, ServiceError } from '@switchyard/kernel';

/** Refusals that say nothing about the line: nobody was asked, or the provider wants a pause. They are waited for. */
const PASSING: ReadonlySet<string> = new Set([
  'NO_CANDIDATE',
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_OVERLOADED',
  'TOO_MANY_REQUESTS',
  'OVERLOADED',
  'OUTBOX_FULL',
  'BUDGET_EXCEEDED',
  'BUDGETS_UNCHECKED',
  'CREDENTIAL_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
]);

/** Tries of a line whose provider fails in another way that may pass. */
const MOST_TRIES = 5;
const BASE_MS = 1_000;
const CAP_MS = 60_000;
/** No pause that is asked for is longer. */
const LONGEST_MS = 300_000;

/** A line is to be asked again. */
export interface Patience {
  readonly waitMs: number;
  /** `for now`: nobody could take it. `failed`: it was tried, and is so often at most. */
  readonly refused: 'for now' | 'failed';
}

/** What patience depends on, beside the error. */
export interface PatienceOptions {
  readonly tries: number;
  readonly random: Random;
  readonly mayHaveRoom: boolean;
}

/**
 * How long to wait before a line is asked again; undefined where it has failed.
 *
 * @param tries so often it was asked, from 1
 * @param mayHaveRoom whether a budget that had none may have room before its window ends
 */
export function patience(
  { reason, retryable, retryAfterMs = 0 }: ServiceError,
  { tries, random, mayHaveRoom }: PatienceOptions,
): Patience | undefined {
  const refused = PASSING.has(reason) ? 'for now' : 'failed';
  if (!(retryable || mayHaveRoom) || (refused === 'failed' && tries >= MOST_TRIES)) return undefined;
  // Full jitter.
  const backoffMs = random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries - 1, 10));
  return { waitMs: Math.min(LONGEST_MS, Math.max(retryAfterMs, 0) + backoffMs), refused };
}
