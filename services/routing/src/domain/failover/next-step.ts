import { ERROR_CLASSES, type ErrorClass } from '@switchyard/llm';

/** What is known after an attempt failed. */
export interface FailedAttempt {
  readonly errorClass: ErrorClass;
  /** Whether a byte of the answer has gone to the caller: from then on nobody else can answer. */
  readonly answerBegun: boolean;
  /** How many further candidates have been tried. */
  readonly fallbacksUsed: number;
  /** Most further candidates that may be tried. */
  readonly maxFallbacks: number;
  /** Candidates that have not been tried. */
  readonly candidatesLeft: number;
  /** Whether the caller's deadline has passed, or the caller is gone. */
  readonly callerGone: boolean;
}

/** What follows. */
export type NextStep =
  | { readonly kind: 'next-candidate' }
  | {
      readonly kind: 'give-up';
      readonly because:
        | 'caller-gone'
        | 'answer-begun'
        | 'not-retryable'
        | 'fallbacks-used'
        | 'no-candidate-left';
    };

/** Decides whether another candidate is tried after one has failed. */
export function nextStep(failed: FailedAttempt): NextStep {
  if (failed.callerGone) return { kind: 'give-up', because: 'caller-gone' };
  if (failed.answerBegun) return { kind: 'give-up', because: 'answer-begun' };
  if (!ERROR_CLASSES[failed.errorClass].failsOver) return { kind: 'give-up', because: 'not-retryable' };
  if (failed.fallbacksUsed >= failed.maxFallbacks) return { kind: 'give-up', because: 'fallbacks-used' };
  if (failed.candidatesLeft === 0) return { kind: 'give-up', because: 'no-candidate-left' };
  return { kind: 'next-candidate' };
}
