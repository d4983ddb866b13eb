import { fullJitterDelayMs } from '@switchyard/resilience';

/** Tries of one delivery at the most: spread over about an hour. */
export const MAX_ATTEMPTS = 10;
/** Pauses between tries: doubled each time, up to the cap. */
const BASE_MS = 15_000;
const CAP_MS = 900_000;
/** No other try of a delivery is begun before this: longer than any one may take. */
export const ATTEMPT_LEASE_MS = 60_000;

/** Why nobody was told, where the receiver is gone. */
export const NO_RECEIVER = 'there is no such receiver';

/** What came of a try. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  /** `isFinal`: another try would end the same way. `reason` holds no secret and no address inside the installation. */
  | { readonly kind: 'failed'; readonly isFinal: boolean; readonly reason: string };

/** What is to be kept of a try. */
export type DeliveryNext =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string };

/** What follows from a try. @param attempts tries so far, this one included */
export function afterAttempt(
  outcome: DeliveryOutcome,
  { attempts, random }: { readonly attempts: number; readonly random: () => number },
): DeliveryNext {
  if (outcome.kind === 'delivered') return outcome;
  const { reason } = outcome;
  if (outcome.isFinal || attempts >= MAX_ATTEMPTS) return { kind: 'failed', reason };
  // Half of it is certain, so that a receiver that restarts is given time.
  const jitterMs = fullJitterDelayMs({ retry: attempts - 1, random, baseMs: BASE_MS, capMs: CAP_MS });
  const certainMs = Math.min(CAP_MS, BASE_MS * 2 ** (attempts - 1)) / 2;
  return { kind: 'again', afterMs: certainMs + jitterMs / 2, reason };
}
