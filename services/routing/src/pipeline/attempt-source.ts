import { setTimeout as pause } from 'node:timers/promises';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { candidatesInTurn } from '../domain/failover/candidates-in-turn.ts';
import { nextStep } from '../domain/failover/next-step.ts';
import type { PipelineContext } from '../ports.ts';
import type { Attempt } from './attempt.ts';
import { AttemptMaker, type AttemptsFor, type HowTried } from './attempt-maker.ts';
import { CandidateQueue } from './candidate-queue.ts';
import type { PassedOver } from './request-budgets.ts';
import { RetryQueue } from './retry-queue.ts';

const DEFAULT_MAX_FALLBACKS = 3;
const DEFAULT_MAX_RETRIES = 2;
/** Longest pause before a retry: whoever is told to wait longer is better told at once. */
const MAX_PAUSE_MS = 10_000;

/** Makes the attempts of one request, one after the other: whose turn it is, and whether there is a further one. */
export class AttemptSource {
  readonly #for: AttemptsFor;
  readonly #context: PipelineContext;
  readonly #candidates: CandidateQueue;
  readonly #maker: AttemptMaker;
  /** Made with the first failure: most requests have none. */
  #retries: RetryQueue | undefined;
  #retriesUsed = 0;
  #blocked: ServiceError | undefined;
  #outran: RankedCandidate | undefined;
  #roomInMs: number | undefined;

  constructor(made: AttemptsFor, context: PipelineContext) {
    this.#for = made;
    this.#context = context;
    this.#candidates = new CandidateQueue(candidatesInTurn(made.decided));
    this.#maker = new AttemptMaker(made, context);
  }

  /** Whose turn it was, the last one included, whether it was called or passed over; again where it was tried again. */
  get tried(): readonly RankedCandidate[] {
    return this.#candidates.tried;
  }

  /** How many attempts were made. */
  get attempts(): number {
    return this.#maker.attempts;
  }

  /** Why nobody may be called any more; undefined where that is not so. */
  get blocked(): ServiceError | undefined {
    return this.#blocked;
  }

  /** When the first of the candidates that were at a limit has room again, in milliseconds; undefined where none was. */
  get roomInMs(): number | undefined {
    return this.#roomInMs;
  }

  /** Why nobody can be called, where hard budgets had no room for any candidate; undefined where that is not why. */
  get overBudget(): ServiceError | undefined {
    return this.#maker.overBudget;
  }

  /** Whether the caller's deadline has passed. */
  get deadlineIsPast(): boolean {
    return this.#remainingMs <= 0;
  }

  /** Whether an attempt is at the candidate that was called first. */
  isFirst(attempt: Attempt): boolean {
    return this.#maker.isFirst(attempt);
  }

  /** Holds money and a place for the next candidate that can be called now. */
  async next(): Promise<Attempt | undefined> {
    for (;;) {
      const candidate = this.#candidates.take();
      if (candidate === undefined) return undefined;
      const attempt = await this.#attemptAt(candidate);
      if (attempt !== undefined || this.#blocked !== undefined) return attempt;
    }
  }

  /** The attempt that follows a failed one, after a pause where nobody but the failed ones can be asked; undefined: none. */
  async after(attempt: Attempt, error: ProviderError): Promise<Attempt | undefined> {
    const { candidate } = attempt;
    const { call, told } = this.#for;
    if (told.soFar !== 'nothing') this.#maker.noteSpent(attempt);
    const { failover } = call.operation.request;
    const retries = this.#noteFailure(candidate, error);
    const step = nextStep({
      errorClass: error.class,
      told: told.soFar,
      fallbacksUsed: this.attempts - 1 - this.#retriesUsed,
      maxFallbacks: failover?.allowed === false ? 0 : (failover?.maxFallbacks ?? DEFAULT_MAX_FALLBACKS),
      candidatesLeft: this.#candidates.left,
      retriesUsed: this.#retriesUsed,
      maxRetries: this.#maxRetries,
      retryable: retries.size,
      callerGone: this.#callerGone,
    });
    if (step.kind === 'give-up') return undefined;
    const next = step.kind === 'next-candidate' ? await this.next() : undefined;
    return next ?? (told.soFar === 'nothing' ? this.#again(retries) : undefined);
  }

  /** An attempt has failed while another one is under way. */
  failedBeside({ candidate, isHedge }: Attempt, error: ProviderError): void {
    this.#noteFailure(candidate, error);
    // The one that it was made beside goes on.
    if (isHedge) this.#candidates.withdraw(candidate);
  }

  /** How long an attempt may still be silent before one is made beside it, in milliseconds; undefined: for ever. */
  hedgeDelayMs({ runtime, startedAtMs }: Attempt): number | undefined {
    const { hedgeRules } = this.#for;
    if (hedgeRules === undefined) return undefined;
    runtime.hedges.onRequest();
    const nowMs = this.#context.clock.monotonicMs();
    const delayMs = hedgeRules.delayMs ?? runtime.slowMs(nowMs);
    return delayMs === undefined ? undefined : Math.max(0, startedAtMs + delayMs - nowMs);
  }

  /** An attempt at another provider beside a slow one; undefined: none can be made. */
  async hedge({ candidate, runtime: { hedges } }: Attempt): Promise<Attempt | undefined> {
    if (this.#callerGone || !hedges.tryTake()) return undefined;
    const other = this.#candidates.takeBeside(candidate);
    const attempt = other === undefined ? undefined : await this.#attemptAt(other, { isHedge: true });
    if (attempt === undefined) hedges.giveBack();
    return attempt;
  }

  /** An attempt was ended since another one was faster. */
  outrun({ candidate, isHedge }: Attempt): void {
    this.#candidates.withdraw(candidate);
    if (!isHedge) this.#outran = candidate;
  }

  /** The candidate that a hedge was faster than; undefined where there is none. */
  get outran(): RankedCandidate | undefined {
    return this.#outran;
  }

  #noteFailure(candidate: RankedCandidate, error: ProviderError): RetryQueue {
    this.#candidates.failed(candidate, error.class);
    this.#retries ??= new RetryQueue(this.#context.random);
    this.#retries.failed(candidate, error, this.#context.clock.monotonicMs());
    return this.#retries;
  }

  get #maxRetries(): number {
    const { call, decided } = this.#for;
    return decided.needs.isProbe ? 0 : (call.operation.request.failover?.maxRetries ?? DEFAULT_MAX_RETRIES);
  }

  get #callerGone(): boolean {
    return this.#for.call.signal.aborted || this.deadlineIsPast;
  }

  /** Until the caller's deadline. */
  get #remainingMs(): number {
    const { deadlineAtMs } = this.#for.call;
    return deadlineAtMs === undefined
      ? Number.POSITIVE_INFINITY
      : deadlineAtMs - this.#context.clock.wallMs();
  }

  /** A candidate that has failed, once more, as soon as it may be asked. */
  async #again(retries: RetryQueue): Promise<Attempt | undefined> {
    if (this.#blocked !== undefined || this.#retriesUsed >= this.#maxRetries) return undefined;
    const soonest = retries.take();
    if (soonest === undefined) return undefined;
    const { candidate, notBeforeMs } = soonest;
    const pauseMs = Math.max(0, Math.ceil(notBeforeMs - this.#context.clock.monotonicMs()));
    if (pauseMs > MAX_PAUSE_MS || pauseMs >= this.#remainingMs) return undefined;
    const gate = this.#context.runtimes.of(candidate.offering).retries;
    const leave = gate.tryStartRetry();
    if (leave === undefined) {
      this.#passOver(candidate, { outcome: 'overloaded', detail: 'its retry budget is used up' });
      return undefined;
    }
    await this.#pause(pauseMs);
    if (this.#callerGone) {
      gate.end(leave);
      return undefined;
    }
    this.#retriesUsed++;
    this.#candidates.tried.push(candidate);
    return this.#attemptAt(candidate, { leave });
  }

  /** Ends early where the caller goes away. */
  async #pause(pauseMs: number): Promise<void> {
    const { signal } = this.#for.call;
    // A timer may fire up to a millisecond before its time.
    await pause(pauseMs + 1, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** undefined: it is not called after all, and is listed with why. */
  async #attemptAt(candidate: RankedCandidate, how: HowTried = {}): Promise<Attempt | undefined> {
    const made = await this.#maker.make(candidate, how);
    switch (made.kind) {
      case 'attempt':
        return made.attempt;
      case 'passed over':
        if (made.failedBy !== undefined) this.#candidates.failed(candidate, made.failedBy);
        if (made.roomInMs !== undefined)
          this.#roomInMs = Math.min(this.#roomInMs ?? made.roomInMs, made.roomInMs);
        this.#passOver(candidate, made);
        return undefined;
      case 'blocked':
        this.#blocked = made.error;
        return undefined;
      default:
        return unreachable(made);
    }
  }

  #passOver(candidate: RankedCandidate, { outcome, detail }: PassedOver): void {
    this.#for.log.passedOver({ candidate, outcome, detail, wallMs: this.#context.clock.wallMs() });
  }
}
