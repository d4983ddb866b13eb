import { setTimeout as pause } from 'node:timers/promises';
import { type Span, trace } from '@opentelemetry/api';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import { estimateTextTokens, type ProviderError, type RequestAuthorization } from '@switchyard/llm';
import type { RetryLeave } from '@switchyard/resilience';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { candidatesInTurn } from '../domain/failover/candidates-in-turn.ts';
import { brokenOffNanoUsd, costsTooMuch } from '../domain/failover/continuation-cost.ts';
import { continuedNeeds } from '../domain/failover/continued-needs.ts';
import type { HedgeRules } from '../domain/failover/hedge-rules.ts';
import { nextStep } from '../domain/failover/next-step.ts';
import type { ToldAnswer } from '../domain/failover/told-answer.ts';
import { describeRefusal } from '../domain/limits/refusal.ts';
import { tokensWanted } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { noKeyToCheck } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { BudgetHold } from '../runtime/budgets/budget-hold.ts';
import type { QuotaPlace } from '../runtime/limits/quota-place.ts';
import { withWrongKey } from '../transport/with-wrong-key.ts';
import type { DecidedRequest } from './admit-request.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptLog } from './attempt-log.ts';
import { CandidateQueue } from './candidate-queue.ts';
import { asksWithWrongKey, type OperationCall } from './pipeline-call.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import { type PassedOver, RequestBudgets } from './request-budgets.ts';
import { RetryQueue } from './retry-queue.ts';

const DEFAULT_MAX_FALLBACKS = 3;
const DEFAULT_MAX_RETRIES = 2;
/** Longest pause before a retry: whoever is told to wait longer is better told at once. */
const MAX_PAUSE_MS = 10_000;

/** The request that attempts are made for. */
export interface AttemptsFor {
  readonly requestId: string;
  readonly call: OperationCall;
  readonly decided: DecidedRequest;
  /** When it arrived, monotonic. */
  readonly arrivedAtMs: number;
  readonly log: AttemptLog;
  /** What its caller has of a streamed answer. */
  readonly told: ToldAnswer;
  /** How it is hedged; undefined: not at all. */
  readonly hedgeRules: HedgeRules | undefined;
}

/** What is special about an attempt. */
interface HowTried {
  /** What a retry has taken of the target's retries already. */
  readonly leave?: RetryLeave;
  /** Default false. */
  readonly isHedge?: boolean;
}

/** Makes the attempts of one request, one after the other: whose turn it is, and whether there is a further one. */
export class AttemptSource {
  readonly #for: AttemptsFor;
  readonly #context: PipelineContext;
  /** The span that attempts belong to. */
  readonly #parent: Span | undefined = trace.getActiveSpan();
  readonly #candidates: CandidateQueue;
  readonly #budgets: RequestBudgets;
  /** Made with the first failure: most requests have none. */
  #retries: RetryQueue | undefined;
  #retriesUsed = 0;
  #attempts = 0;
  #first: Pick<Attempt, 'candidate' | 'startedAtMs'> | undefined;
  #blocked: ServiceError | undefined;
  #outran: RankedCandidate | undefined;
  #roomInMs: number | undefined;
  /** Cost of a stream that has broken off, in nano-USD; undefined where it is unknown. */
  #spentNanoUsd: number | undefined;

  constructor(made: AttemptsFor, context: PipelineContext) {
    this.#for = made;
    this.#context = context;
    this.#candidates = new CandidateQueue(candidatesInTurn(made.decided));
    const { requestId, call, decided } = made;
    const { tenant } = decided.needs;
    this.#budgets = new RequestBudgets({ requestId, tenant, keyId: call.principal.keyId }, context.budgets);
  }

  /** Whose turn it was, the last one included, whether it was called or passed over; again where it was tried again. */
  get tried(): readonly RankedCandidate[] {
    return this.#candidates.tried;
  }

  /** How many attempts were made. */
  get attempts(): number {
    return this.#attempts;
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
    return this.#budgets.error(this.#for.log.attempts);
  }

  /** Whether the caller's deadline has passed. */
  get deadlineIsPast(): boolean {
    return this.#remainingMs <= 0;
  }

  /** Whether an attempt is at the candidate that was called first. */
  isFirst({ candidate }: Attempt): boolean {
    return candidate === this.#first?.candidate;
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
    if (told.soFar !== 'nothing') this.#noteSpent(attempt);
    const { failover } = call.operation.request;
    const retries = this.#noteFailure(candidate, error);
    const step = nextStep({
      errorClass: error.class,
      told: told.soFar,
      fallbacksUsed: this.#attempts - 1 - this.#retriesUsed,
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

  /** What the request has cost with a stream that has just broken off, and is not booked yet. */
  #noteSpent({ needs, candidate: { offering }, deliveredBytes }: Attempt): void {
    const { costNanoUsd } = this.#for.log;
    const brokenOff = brokenOffNanoUsd({ needs, offering }, estimateTextTokens(deliveredBytes));
    this.#spentNanoUsd =
      costNanoUsd === undefined || brokenOff === undefined ? undefined : Number(costNanoUsd) + brokenOff;
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

  async #attemptAt(candidate: RankedCandidate, how: HowTried = {}): Promise<Attempt | undefined> {
    const { leave, isHedge = false } = how;
    const key = this.#context.secrets.get(candidate.offering.provider);
    const stored = key instanceof Promise ? await key : key;
    if (stored === undefined) {
      this.#candidates.failed(candidate, 'authentication');
      this.#leaveOut(candidate, how, { outcome: 'authentication', detail: 'its secret cannot be had now' });
      return undefined;
    }
    const authorization = this.#shown(stored);
    if (authorization === undefined) {
      this.#blocked = noKeyToCheck(this.#for.requestId);
      return undefined;
    }
    const needs = this.#needsAt(candidate);
    const tooMuch = this.#continuationCostsTooMuch(candidate, needs);
    if (tooMuch !== undefined) {
      this.#leaveOut(candidate, how, { outcome: 'max_cost', detail: tooMuch });
      return undefined;
    }
    const asked = this.#context.quotas.admit({
      provider: candidate.offering.provider,
      tokens: tokensWanted(needs),
      isProbe: needs.isProbe,
    });
    const admission = asked instanceof Promise ? await asked : asked;
    if (admission.kind === 'limited') {
      const { refusal } = admission;
      this.#roomInMs = Math.min(this.#roomInMs ?? refusal.leftMs, refusal.leftMs);
      this.#context.events.rateLimited(candidate.provider, refusal);
      this.#leaveOut(candidate, how, { outcome: 'rate_limited', detail: describeRefusal(refusal) });
      return undefined;
    }
    const { place } = admission;
    const index = this.#attempts;
    const isContinuation = this.#for.told.soFar !== 'nothing';
    const holding = this.#budgets.hold({ candidate, needs, index, isContinuation, isHedge });
    const held = holding instanceof Promise ? await holding : holding;
    if (held.kind === 'held') {
      const taken = { place, budgets: held.hold };
      return this.#prepare({ candidate, needs, authorization, leave, isHedge, ...taken });
    }
    place.cancel();
    this.#leaveOut(candidate, how, held);
    return undefined;
  }

  /** Why one may not go on with what another has begun; undefined where it may. */
  #continuationCostsTooMuch({ offering }: RankedCandidate, needs: Needs): string | undefined {
    if (this.#for.told.soFar === 'nothing') return undefined;
    return costsTooMuch({ needs, offering, spentNanoUsd: this.#spentNanoUsd });
  }

  /** What a candidate is shown: its key, unless a probe wants to see that a wrong one is refused. */
  #shown(stored: RequestAuthorization): RequestAuthorization | undefined {
    return asksWithWrongKey(this.#for.call.operation) ? withWrongKey(stored) : stored;
  }

  /** What a candidate is asked: all, or the rest of an answer that has broken off. */
  #needsAt({ offering }: RankedCandidate): Needs {
    const { told, decided } = this.#for;
    return told.soFar === 'nothing' ? decided.needs : continuedNeeds(decided.needs, told.text, offering);
  }

  /** Passes a candidate over, with what a retry had taken there. */
  #leaveOut(candidate: RankedCandidate, { leave }: HowTried, why: PassedOver): void {
    if (leave !== undefined) this.#context.runtimes.of(candidate.offering).retries.end(leave);
    this.#passOver(candidate, why);
  }

  #prepare(whom: {
    readonly candidate: RankedCandidate;
    readonly needs: Needs;
    readonly authorization: RequestAuthorization;
    readonly leave: RetryLeave | undefined;
    readonly isHedge: boolean;
    readonly place: QuotaPlace;
    readonly budgets: BudgetHold;
  }): Attempt | undefined {
    const { requestId, call, decided, arrivedAtMs, told } = this.#for;
    const { replica } = this.#context;
    const { needs, isHedge } = whom;
    const how = { needs, index: this.#attempts, isHedge, isContinuation: told.soFar !== 'nothing' };
    const origin = { requestId, call, decided, replica, ...how };
    const firstAttemptAtMs = this.#first?.startedAtMs;
    const parts = { ...whom, origin, arrivedAtMs, firstAttemptAtMs, parent: this.#parent };
    const giveBack = () => {
      whom.place.cancel();
      whom.budgets.cancel();
    };
    let prepared: ReturnType<typeof prepareAttempt>;
    try {
      prepared = prepareAttempt(parts, this.#context);
    } catch (error) {
      giveBack();
      throw error;
    }
    switch (prepared.kind) {
      case 'attempt':
        this.#attempts++;
        this.#first ??= prepared.attempt;
        return prepared.attempt;
      case 'skipped':
        giveBack();
        this.#passOver(whom.candidate, prepared);
        return undefined;
      case 'blocked':
        giveBack();
        this.#blocked = prepared.error;
        return undefined;
      default:
        return unreachable(prepared);
    }
  }

  #passOver(candidate: RankedCandidate, why: PassedOver): void {
    const { outcome, detail } = why;
    this.#for.log.passedOver({ candidate, outcome, detail, wallMs: this.#context.clock.wallMs() });
  }
}
