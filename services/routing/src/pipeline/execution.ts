import { trace } from '@opentelemetry/api';
import { DecisionOutcome } from '@switchyard/contracts/routing';
import { uuidV7 } from '@switchyard/kernel';
import type { DecodedResponse, ProviderError } from '@switchyard/llm';
import { endSpan, startSpan } from '@switchyard/service-kit';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { noCandidate } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { CallFailure } from '../transport/call-provider.ts';
import { type DecidedRequest, decideRequest } from './admit-request.ts';
import type { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import { AttemptSource } from './attempt-source.ts';
import { concludeRequest, failedOutcome, finalError } from './conclude-request.ts';
import type { OperationCall } from './pipeline-call.ts';
import { type AttemptOutcome, settleAttempt } from './settle-attempt.ts';

/** One request on its way through the candidates: what was tried, what it cost, what came of it. */
export class Execution {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly decided: DecidedRequest;
  readonly log = new AttemptLog();
  readonly #context: PipelineContext;
  readonly #decidedWallMs: number;
  readonly #source: AttemptSource;

  /** @throws where the request is refused before anyone is called */
  constructor(call: OperationCall, context: PipelineContext, mode: { readonly stream: boolean }) {
    this.#context = context;
    this.startedAtMs = context.clock.monotonicMs();
    this.#decidedWallMs = context.clock.wallMs();
    this.requestId = uuidV7(this.#decidedWallMs);
    const span = startSpan('decide', { parent: trace.getActiveSpan() });
    try {
      this.decided = decideRequest(call, context, { ...mode, requestId: this.requestId });
    } finally {
      span?.setAttribute('switchyard.request_id', this.requestId);
      endSpan(span);
    }
    const { requestId, decided, startedAtMs: arrivedAtMs, log } = this;
    this.#source = new AttemptSource({ requestId, call, decided, arrivedAtMs, log }, context);
    if (decided.choice.ranked.length > 0) return;
    this.#conclude(DecisionOutcome.REFUSED);
    throw noCandidate(requestId, decided.choice);
  }

  /** Whose turn it was, the last one included, whether it was called or passed over; again where it was tried again. */
  get tried(): readonly RankedCandidate[] {
    return this.#source.tried;
  }

  /** The first attempt. @throws where none can be made */
  async begin(): Promise<Attempt> {
    const attempt = await this.#source.next();
    this.log.listPassedOver();
    if (attempt !== undefined) return attempt;
    this.#conclude(DecisionOutcome.REFUSED);
    throw this.#source.blocked ?? noCandidate(this.requestId, this.decided.choice);
  }

  /** The first piece of an answer has come. */
  answerBegun(attempt: Attempt): void {
    if (attempt.firstTokenAtMs !== undefined) return;
    attempt.firstTokenAtMs = this.#context.clock.monotonicMs();
    attempt.runtime.answered(attempt.permit, attempt.firstTokenAtMs);
  }

  /** An attempt has given its whole answer: settles it and concludes the request. */
  succeed(attempt: Attempt, decoded: Pick<DecodedResponse, 'usage'>): void {
    this.answerBegun(attempt);
    const nowMs = this.#context.clock.monotonicMs();
    const firstTokenMs = (attempt.firstTokenAtMs ?? nowMs) - attempt.startedAtMs;
    attempt.runtime.succeeded({ firstTokenMs, totalMs: nowMs - attempt.startedAtMs }, nowMs);
    const requestOutcome = this.#source.isFirst(attempt)
      ? DecisionOutcome.COMPLETE
      : DecisionOutcome.FALLBACK_SUCCESS;
    this.#end(attempt);
    this.#settle(attempt, { outcome: 'ok', delivered: true, usage: decoded.usage, requestOutcome });
    this.#conclude(requestOutcome);
  }

  /** An attempt has failed: settles it, and gives the next one, or throws what the caller is told. */
  async failOver(attempt: Attempt, failure: CallFailure): Promise<Attempt> {
    const { error } = failure;
    this.#endFailed(attempt, error);
    const following = await this.#source.after(attempt, error);
    const requestOutcome = following === undefined ? failedOutcome(attempt, error) : undefined;
    try {
      this.#settleFailed(attempt, failure, requestOutcome);
    } catch (thrown) {
      if (following !== undefined) this.abandon(following);
      throw thrown;
    }
    this.log.listPassedOver();
    if (following !== undefined) return following;
    this.#conclude(requestOutcome ?? DecisionOutcome.FALLBACK_EXHAUSTED);
    const { blocked, attempts, deadlineIsPast } = this.#source;
    const { requestId } = this;
    throw blocked ?? finalError({ requestId, attempt, error, attempts, deadlineIsPast });
  }

  /** The caller has left a stream, or the request broke off: settles what was under way. Nothing where that was done. */
  abandon(attempt: Attempt): void {
    if (attempt.settled) return;
    this.#endFailed(attempt, ABANDONED);
    this.#settleFailed(
      attempt,
      { error: ABANDONED, reached: true, status: undefined },
      DecisionOutcome.CANCELLED,
    );
    this.#conclude(DecisionOutcome.CANCELLED);
  }

  /** Gives back what an attempt has taken at its target. What it cost may be booked later. */
  #end(attempt: Attempt): void {
    if (attempt.endedAtMs !== undefined) return;
    attempt.endedAtMs = this.#context.clock.monotonicMs();
    attempt.deadline.stop();
    attempt.runtime.active--;
    attempt.runtime.retries.end(attempt.leave);
  }

  #endFailed(attempt: Attempt, error: ProviderError): void {
    if (attempt.endedAtMs !== undefined) return;
    this.#end(attempt);
    const { clock } = this.#context;
    attempt.runtime.failed({
      error,
      permit: attempt.permit,
      nowMs: clock.monotonicMs(),
      wallMs: clock.wallMs(),
    });
  }

  #settleFailed(
    attempt: Attempt,
    { error, reached, status }: CallFailure,
    requestOutcome: DecisionOutcome | undefined,
  ): void {
    const refusedByProvider = status !== undefined && status >= 400;
    this.#settle(attempt, {
      outcome: error.class,
      delivered: attempt.firstTokenAtMs !== undefined,
      usage: attempt.usage,
      mayHaveWorked: reached && !refusedByProvider,
      httpStatus: status,
      requestOutcome,
      detail: error.detail,
    });
  }

  #settle(attempt: Attempt, end: AttemptOutcome): void {
    settleAttempt(attempt, end, { decided: this.decided, log: this.log, context: this.#context });
  }

  #conclude(outcome: DecisionOutcome): void {
    const { requestId, decided, log, startedAtMs, tried } = this;
    const decidedWallMs = this.#decidedWallMs;
    concludeRequest({ requestId, decided, decidedWallMs, log, startedAtMs, tried, outcome }, this.#context);
  }
}

/** How an attempt ends that nobody waits for any more. */
const ABANDONED: ProviderError = Object.freeze({
  class: 'cancelled',
  retryable: false,
  sameProviderRetry: false,
  retryAfterMs: undefined,
  detail: 'left before its end: by the caller, or by a failure of this side',
  messageForCaller: undefined,
  providerCode: undefined,
  httpStatus: undefined,
});
