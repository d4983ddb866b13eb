import { trace } from '@opentelemetry/api';
import { DecisionOutcome } from '@switchyard/contracts/routing';
import { type ServiceError, unreachable, uuidV7 } from '@switchyard/kernel';
import type { DecodedResponse, ProviderError, RequestAuthorization } from '@switchyard/llm';
import { endSpan, startSpan } from '@switchyard/service-kit';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { candidatesInTurn } from '../domain/failover/candidates-in-turn.ts';
import { nextStep } from '../domain/failover/next-step.ts';
import { noCandidate } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { CallFailure } from '../transport/call-provider.ts';
import { type DecidedRequest, decideRequest } from './admit-request.ts';
import type { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import { CandidateQueue } from './candidate-queue.ts';
import { concludeRequest, failedOutcome, finalError } from './conclude-request.ts';
import type { OperationCall } from './pipeline-call.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import { type AttemptOutcome, settleAttempt } from './settle-attempt.ts';

const DEFAULT_MAX_FALLBACKS = 3;

/** One request on its way through the candidates: what was tried, what it cost, what comes next. */
export class Execution {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly decided: DecidedRequest;
  readonly log = new AttemptLog();
  readonly #context: PipelineContext;
  readonly #call: OperationCall;
  readonly #decidedWallMs: number;
  /** The span that attempts belong to. */
  readonly #parent = trace.getActiveSpan();
  readonly #queue: CandidateQueue;
  #attemptCount = 0;
  #firstAttemptAtMs: number | undefined;
  /** Why no further attempt could be prepared. */
  #blocked: ServiceError | undefined;

  /** @throws where the request is refused before anyone is called */
  constructor(call: OperationCall, context: PipelineContext, mode: { readonly stream: boolean }) {
    this.#call = call;
    this.#context = context;
    this.startedAtMs = context.clock.monotonicMs();
    this.#decidedWallMs = context.clock.wallMs();
    this.requestId = uuidV7(this.#decidedWallMs);
    const span = startSpan('decide', { parent: this.#parent });
    try {
      this.decided = decideRequest(call, context, { ...mode, requestId: this.requestId });
    } finally {
      span?.setAttribute('switchyard.request_id', this.requestId);
      endSpan(span);
    }
    this.#queue = new CandidateQueue(candidatesInTurn(this.decided));
    if (this.#queue.left > 0) return;
    this.#conclude(DecisionOutcome.REFUSED);
    throw noCandidate(this.requestId, this.decided.choice);
  }

  /** Whose turn it was, the last one included, whether it was called or passed over. */
  get tried(): readonly RankedCandidate[] {
    return this.#queue.tried;
  }

  /** The first attempt. @throws where none can be made */
  async begin(): Promise<Attempt> {
    const attempt = await this.#prepareNext();
    this.log.listPassedOver();
    if (attempt !== undefined) return attempt;
    this.#conclude(DecisionOutcome.REFUSED);
    throw this.#blocked ?? noCandidate(this.requestId, this.decided.choice);
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
    const requestOutcome = attempt.index === 0 ? DecisionOutcome.COMPLETE : DecisionOutcome.FALLBACK_SUCCESS;
    this.#settle(attempt, { outcome: 'ok', delivered: true, usage: decoded.usage, requestOutcome });
    this.#conclude(requestOutcome);
  }

  /** An attempt has failed: settles it, and gives the next one, or throws what the caller is told. */
  async failOver(attempt: Attempt, failure: CallFailure): Promise<Attempt> {
    const { error } = failure;
    const following = await this.#following(attempt, error);
    const requestOutcome = following === undefined ? failedOutcome(attempt, error) : undefined;
    try {
      this.#fail(attempt, failure, requestOutcome);
    } catch (thrown) {
      if (following !== undefined) this.abandon(following);
      throw thrown;
    }
    this.log.listPassedOver();
    if (following !== undefined) return following;
    this.#conclude(requestOutcome ?? DecisionOutcome.FALLBACK_EXHAUSTED);
    const { requestId } = this;
    const attempts = this.#attemptCount;
    const deadlineIsPast = this.#deadlineIsPast;
    throw this.#blocked ?? finalError({ requestId, attempt, error, attempts, deadlineIsPast });
  }

  /** The caller has left a stream, or the request broke off: settles what was under way. Nothing where that was done. */
  abandon(attempt: Attempt): void {
    if (attempt.settled) return;
    const error: ProviderError = {
      class: 'cancelled',
      retryable: false,
      sameProviderRetry: false,
      retryAfterMs: undefined,
      detail: 'left before its end: by the caller, or by a failure of this side',
      messageForCaller: undefined,
      providerCode: undefined,
      httpStatus: undefined,
    };
    this.#fail(attempt, { error, reached: true, status: undefined }, DecisionOutcome.CANCELLED);
    this.#conclude(DecisionOutcome.CANCELLED);
  }

  get #deadlineIsPast(): boolean {
    const { deadlineAtMs } = this.#call;
    return deadlineAtMs !== undefined && this.#context.clock.wallMs() >= deadlineAtMs;
  }

  async #following(attempt: Attempt, error: ProviderError): Promise<Attempt | undefined> {
    const { failover } = this.#call.operation.request;
    const step = nextStep({
      errorClass: error.class,
      answerBegun: attempt.firstTokenAtMs !== undefined,
      fallbacksUsed: attempt.index,
      maxFallbacks: failover?.allowed === false ? 0 : (failover?.maxFallbacks ?? DEFAULT_MAX_FALLBACKS),
      candidatesLeft: this.#queue.left,
      callerGone: this.#call.signal.aborted || this.#deadlineIsPast,
    });
    this.#queue.failed(attempt.candidate, error.class);
    return step.kind === 'next-candidate' ? this.#prepareNext() : undefined;
  }

  /** Holds money and a place for the next candidate that can be called now. */
  async #prepareNext(): Promise<Attempt | undefined> {
    for (;;) {
      const candidate = this.#queue.take();
      if (candidate === undefined) return undefined;
      const key = this.#context.secrets.get(candidate.offering.provider);
      const known = key instanceof Promise ? await key : key;
      if (known === undefined) {
        this.#queue.failed(candidate, 'authentication');
        this.#passOver(candidate, { outcome: 'authentication', detail: 'its secret cannot be had now' });
      } else {
        const attempt = this.#prepare(candidate, known);
        if (attempt !== undefined || this.#blocked !== undefined) return attempt;
      }
    }
  }

  #prepare(candidate: RankedCandidate, authorization: RequestAuthorization): Attempt | undefined {
    const { replica } = this.#context;
    const { requestId, decided, startedAtMs: arrivedAtMs } = this;
    const firstAttemptAtMs = this.#firstAttemptAtMs;
    const origin = { requestId, call: this.#call, decided, replica, index: this.#attemptCount };
    const prepared = prepareAttempt(
      { candidate, authorization, origin, arrivedAtMs, firstAttemptAtMs, parent: this.#parent },
      this.#context,
    );
    switch (prepared.kind) {
      case 'attempt':
        this.#attemptCount++;
        this.#firstAttemptAtMs ??= prepared.attempt.startedAtMs;
        return prepared.attempt;
      case 'skipped':
        this.#passOver(candidate, prepared);
        return undefined;
      case 'blocked':
        this.#blocked = prepared.error;
        return undefined;
      default:
        return unreachable(prepared);
    }
  }

  #passOver(candidate: RankedCandidate, why: { readonly outcome: string; readonly detail: string }): void {
    const { outcome, detail } = why;
    this.log.passedOver({ candidate, outcome, detail, wallMs: this.#context.clock.wallMs() });
  }

  #fail(
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
    attempt.runtime.failed(error.class, attempt.permit, this.#context.clock.monotonicMs());
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
