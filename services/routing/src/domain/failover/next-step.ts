import { ERROR_CLASSES, type ErrorClass } from '@switchyard/llm';
import type { ToldSoFar } from './told-answer.ts';

/** What is known after an attempt failed. */
export interface FailedAttempt {
  readonly errorClass: ErrorClass;
  /** What of the answer has gone to the caller: once there is anything, somebody else can only go on with it, and only at once. */
  readonly told: ToldSoFar;
  /** How many further candidates have been tried. */
  readonly fallbacksUsed: number;
  /** Most further candidates that may be tried. */
  readonly maxFallbacks: number;
  /** Candidates that have not been tried. */
  readonly candidatesLeft: number;
  /** How often a candidate has been tried again. */
  readonly retriesUsed: number;
  /** How often one may be. */
  readonly maxRetries: number;
  /** Candidates that failed in a way that may pass. */
  readonly retryable: number;
  /** Whether the caller's deadline has passed, or the caller is gone. */
  readonly callerGone: boolean;
}

/** What follows. */
export type NextStep =
  | { readonly kind: 'next-candidate' }
  /** Nobody else may be tried: one that failed is tried again, after a pause. */
  | { readonly kind: 'retry' }
  | {
      readonly kind: 'give-up';
      readonly because:
        | 'caller-gone'
        | 'answer-begun'
        | 'not-retryable'
        | 'fallbacks-used'
        | 'no-candidate-left';
    };

/** Decides what follows after a candidate has failed: another one at once, else the same again later. */
export function nextStep(failed: FailedAttempt): NextStep {
  if (failed.callerGone) return { kind: 'give-up', because: 'caller-gone' };
  if (failed.told === 'final') return { kind: 'give-up', because: 'answer-begun' };
  if (!ERROR_CLASSES[failed.errorClass].failsOver) return { kind: 'give-up', because: 'not-retryable' };
  const mayFallBack = failed.fallbacksUsed < failed.maxFallbacks;
  if (mayFallBack && failed.candidatesLeft > 0) return { kind: 'next-candidate' };
  if (failed.told === 'nothing' && failed.retryable > 0 && failed.retriesUsed < failed.maxRetries)
    return { kind: 'retry' };
  return { kind: 'give-up', because: mayFallBack ? 'no-candidate-left' : 'fallbacks-used' };
}
