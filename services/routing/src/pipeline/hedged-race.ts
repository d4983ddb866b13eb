import type { Usage } from '@switchyard/contracts/routing';
import type { Result } from '@switchyard/kernel';
import type { CallFailure } from '../transport/call-provider.ts';
import type { Attempt } from './attempt.ts';
import type { Execution } from './execution.ts';

/** What is raced: how an attempt is made to answer, and what is to be done with an answer that came too late. */
export interface Hedged<T> {
  readonly execution: Execution;
  /** Calls the provider; gives the answer, or its beginning. */
  readonly open: (attempt: Attempt) => Promise<Result<T, CallFailure>>;
  /** What a late answer says that it used; ends it where it is still under way. */
  readonly discard: (late: T, attempt: Attempt) => Usage | undefined | Promise<Usage | undefined>;
}

/** The attempt that has answered first. */
export interface Winner<T> {
  readonly attempt: Attempt;
  readonly value: T;
}

/** An attempt under way. */
interface Runner<T> {
  readonly attempt: Attempt;
  readonly opened: Promise<{ readonly runner: Runner<T>; readonly result: Result<T, CallFailure> }>;
}

/**
 * Lets an attempt answer, and beside it, where it is silent for too long, a second one at another provider (Dean and Barroso,
 * "The Tail at Scale"). The first to answer wins; the other one is ended and booked as waste. Failures fail over as ever.
 *
 * @throws what the caller is told
 */
export async function race<T>(first: Attempt, hedged: Hedged<T>): Promise<Winner<T>> {
  const { execution } = hedged;
  const runners = new Set([run(first, hedged)]);
  const patience = new Patience(execution.hedgeDelayMs(first));
  try {
    for (;;) {
      const opened = [...runners].map((runner) => runner.opened);
      const ended = await Promise.race(patience.hasEnded ? opened : [...opened, patience.over]);
      if (ended === undefined) {
        patience.end();
        const second = await execution.hedge(first);
        if (second !== undefined) runners.add(run(second, hedged));
        continue;
      }
      const { runner, result } = ended;
      if (result.ok) {
        runners.delete(runner);
        for (const loser of runners) await outrun(loser, hedged);
        return { attempt: runner.attempt, value: result.value };
      }
      const next = await afterFailure(runner, result.error, { runners, patience, hedged });
      runners.delete(runner);
      if (next !== undefined) runners.add(next);
    }
  } catch (error) {
    // Whatever broke off in between: a hold is always settled.
    for (const { attempt } of runners) {
      attempt.deadline.outrun();
      execution.abandon(attempt);
    }
    throw error;
  } finally {
    patience.end();
  }
}

/** The attempt that follows a failed one; undefined where another one is under way. */
async function afterFailure<T>(
  { attempt }: Runner<T>,
  failure: CallFailure,
  {
    runners,
    patience,
    hedged,
  }: { readonly runners: ReadonlySet<Runner<T>>; readonly patience: Patience; readonly hedged: Hedged<T> },
): Promise<Runner<T> | undefined> {
  // It is hedged no more: a failure has led to the second attempt, or ends the request.
  patience.end();
  if (runners.size === 1) return run(await hedged.execution.failOver(attempt, failure), hedged);
  hedged.execution.drop(attempt, failure);
  return undefined;
}

function run<T>(attempt: Attempt, { open }: Hedged<T>): Runner<T> {
  const runner: Runner<T> = {
    attempt,
    opened: open(attempt).then((result) => ({ runner, result })),
  };
  // Whoever waits for it hears of it; where nobody does any more it must not end the process.
  runner.opened.catch(() => undefined);
  return runner;
}

/** Ends an attempt that another one was faster than: nobody reads its answer any more, but what it cost is booked. */
async function outrun<T>({ attempt, opened }: Runner<T>, { execution, discard }: Hedged<T>): Promise<void> {
  attempt.deadline.outrun();
  const { result } = await opened;
  if (result.ok) attempt.usage = await discard(result.value, attempt);
  execution.outrun(attempt, result.ok ? undefined : result.error);
}

/** How long the first attempt may be silent. */
class Patience {
  /** Resolves once it is over; never where it ended before. */
  readonly over: Promise<undefined>;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  /** @param delayMs undefined: for ever */
  constructor(delayMs: number | undefined) {
    this.over = new Promise((resolve) => {
      if (delayMs !== undefined) this.#timer = setTimeout(() => resolve(undefined), delayMs);
    });
  }

  /** Whether it is over or was ended: nobody waits for it any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }
}
