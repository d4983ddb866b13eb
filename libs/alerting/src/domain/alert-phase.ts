import { unreachable } from '@switchyard/kernel';
import type { Verdict } from './alert-condition.ts';

/** Where an alert stands. Instants are wall milliseconds: they outlive the process. */
export type AlertPhase =
  | { readonly kind: 'quiet' }
  /** Bad, but not for long enough. */
  | { readonly kind: 'pending'; readonly sinceMs: number }
  /** It has fired. `goodSinceMs`: since when the value is good; undefined: it is not. */
  | { readonly kind: 'firing'; readonly sinceMs: number; readonly goodSinceMs: number | undefined };

/** How long a value must be bad or good before anybody is told. */
export interface AlertTiming {
  /** Without a break, from the first bad value on, in milliseconds; 0: at once. */
  readonly forMs: number;
  /** Without a break, from the first good value on, in milliseconds; 0: at once. */
  readonly resolveForMs: number;
}

/** What anybody is told. */
export type AlertEvent = 'fired' | 'resolved';

/** What a value makes of an alert. */
export interface AlertStep {
  readonly phase: AlertPhase;
  readonly event: AlertEvent | undefined;
}

export const QUIET: AlertPhase = Object.freeze({ kind: 'quiet' });

/**
 * The next phase of an alert. A value that is not known proves nothing: it begins the wait of a pending alert anew, and neither
 * ends a firing one nor counts towards its end.
 */
export function stepAlert(
  phase: AlertPhase,
  verdict: Verdict,
  timing: AlertTiming & { nowMs: number },
): AlertStep {
  switch (phase.kind) {
    case 'quiet':
      return verdict === 'bad' ? waitToFire(timing.nowMs, timing) : still(QUIET);
    case 'pending':
      return verdict === 'bad' ? waitToFire(phase.sinceMs, timing) : still(QUIET);
    case 'firing': {
      if (verdict !== 'good') return still({ ...phase, goodSinceMs: undefined });
      const goodSinceMs = phase.goodSinceMs ?? timing.nowMs;
      if (timing.nowMs - goodSinceMs >= timing.resolveForMs) return { phase: QUIET, event: 'resolved' };
      return still({ ...phase, goodSinceMs });
    }
    default:
      return unreachable(phase);
  }
}

function waitToFire(sinceMs: number, { nowMs, forMs }: AlertTiming & { nowMs: number }): AlertStep {
  if (nowMs - sinceMs < forMs) return still({ kind: 'pending', sinceMs });
  return { phase: { kind: 'firing', sinceMs: nowMs, goodSinceMs: undefined }, event: 'fired' };
}

const still = (phase: AlertPhase): AlertStep => ({ phase, event: undefined });
