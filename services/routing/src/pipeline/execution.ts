import { trace } from '@opentelemetry/api';
import type { UsageRecord } from '@switchyard/contracts/events';
import { type Attempt as AttemptProto, DecisionOutcome } from '@switchyard/contracts/routing';
import { type ServiceError, unreachable, uuidV7 } from '@switchyard/kernel';
import type { DecodedResponse, ProviderError } from '@switchyard/llm';
import { endSpan, startSpan } from '@switchyard/service-kit';
import { type AttemptEnd, bookAttempt } from '../domain/booking.ts';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { nextCandidate, speaksAgainstProvider } from '../domain/failover/next-candidate.ts';
import { nextStep } from '../domain/failover/next-step.ts';
import { allFailed, callerGone, deadlinePassed, noCandidate } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { CallFailure } from '../transport/call-provider.ts';
import { type DecidedRequest, decideRequest } from './admit-request.ts';
import { type Attempt, endAttemptSpan, estimatedUsage } from './attempt.ts';
import { decisionRecord } from './decision-record.ts';
import type { PipelineCall } from './pipeline-call.ts';
import { prepareAttempt } from './prepare-attempt.ts';

const DEFAULT_MAX_FALLBACKS = 3;

/** How an attempt ended, as its ending knows it. */
type AttemptOutcome = Pick<AttemptEnd, 'outcome' | 'delivered' | 'usage' | 'requestOutcome'> & {
  /** Default true. */
  readonly mayHaveWorked?: boolean;
  readonly httpStatus?: number | undefined;
  readonly detail?: string;
};

/** One request on its way through the candidates: what was tried, what it cost, what comes next. */
export class Execution {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly decided: DecidedRequest;
  readonly attempts: AttemptProto[] = [];
  /** Cost of ended attempts in nano-USD; undefined once one is unknown. */
  costNanoUsd: bigint | undefined = 0n;
  readonly #context: PipelineContext;
  readonly #call: PipelineCall;
  readonly #decidedWallMs: number;
  /** The span that attempts belong to. */
  readonly #parent = trace.getActiveSpan();
  /** Whose turn it was, the last one included, whether it was called or passed over. */
  readonly tried: RankedCandidate[] = [];
  readonly #untried: Set<RankedCandidate>;
  /** Keys of the providers that an error spoke against. */
  readonly #failedProviders = new Set<string>();
  #attemptCount = 0;
  #firstAttemptAtMs: number | undefined;
  /** Candidates that were passed over while an attempt was under way: listed after it. */
  #passedOver: AttemptProto[] = [];
  /** Why no further attempt could be prepared. */
  #blocked: ServiceError | undefined;

  /** @throws where the request is refused before anyone is called */
  constructor(call: PipelineCall, context: PipelineContext, mode: { readonly stream: boolean }) {
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
    this.#untried = new Set(this.decided.choice.ranked);
    if (this.#untried.size > 0) return;
    this.#conclude(DecisionOutcome.REFUSED);
    throw noCandidate(this.requestId, this.decided.choice);
  }

  /** The first attempt. @throws where none can be made */
  async begin(): Promise<Attempt> {
    const attempt = await this.#prepareNext();
    this.#listPassedOver();
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
    const requestOutcome = following === undefined ? this.#outcomeOf(attempt, error) : undefined;
    try {
      this.#fail(attempt, failure, requestOutcome);
    } catch (thrown) {
      if (following !== undefined) this.abandon(following);
      throw thrown;
    }
    this.#listPassedOver();
    if (following !== undefined) return following;
    this.#conclude(requestOutcome ?? DecisionOutcome.FALLBACK_EXHAUSTED);
    throw this.#blocked ?? this.#finalError(attempt, error);
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

  get #deadlinePassed(): boolean {
    const { deadlineAtMs } = this.#call;
    return deadlineAtMs !== undefined && this.#context.clock.wallMs() >= deadlineAtMs;
  }

  async #following(attempt: Attempt, error: ProviderError): Promise<Attempt | undefined> {
    const { failover } = this.#call.request;
    const step = nextStep({
      errorClass: error.class,
      answerBegun: attempt.firstTokenAtMs !== undefined,
      fallbacksUsed: attempt.index,
      maxFallbacks: failover?.allowed === false ? 0 : (failover?.maxFallbacks ?? DEFAULT_MAX_FALLBACKS),
      candidatesLeft: this.#untried.size,
      callerGone: this.#call.signal.aborted || this.#deadlinePassed,
    });
    if (speaksAgainstProvider(error.class)) this.#failedProviders.add(attempt.candidate.provider.key);
    return step.kind === 'next-candidate' ? this.#prepareNext() : undefined;
  }

  /** Holds money and a place for the next candidate that can be called now. */
  async #prepareNext(): Promise<Attempt | undefined> {
    for (;;) {
      const candidate = nextCandidate([...this.#untried], this.#failedProviders);
      if (candidate === undefined) return undefined;
      this.#untried.delete(candidate);
      this.tried.push(candidate);
      const secret = this.#context.secrets.get(candidate.offering.provider);
      const known = typeof secret === 'string' ? secret : await secret;
      if (known === undefined) {
        this.#failedProviders.add(candidate.provider.key);
        this.#noteUncalled(candidate, 'authentication', 'its secret cannot be had now');
      } else {
        const attempt = this.#prepare(candidate, known);
        if (attempt !== undefined || this.#blocked !== undefined) return attempt;
      }
    }
  }

  #prepare(candidate: RankedCandidate, secret: string): Attempt | undefined {
    const { replica } = this.#context;
    const { requestId, decided, startedAtMs: arrivedAtMs } = this;
    const firstAttemptAtMs = this.#firstAttemptAtMs;
    const origin = { requestId, call: this.#call, decided, replica, index: this.#attemptCount };
    const prepared = prepareAttempt(
      { candidate, secret, origin, arrivedAtMs, firstAttemptAtMs, parent: this.#parent },
      this.#context,
    );
    switch (prepared.kind) {
      case 'attempt':
        this.#attemptCount++;
        this.#firstAttemptAtMs ??= prepared.attempt.startedAtMs;
        return prepared.attempt;
      case 'skipped':
        this.#noteUncalled(candidate, prepared.outcome, prepared.detail);
        return undefined;
      case 'blocked':
        this.#blocked = prepared.error;
        return undefined;
      default:
        return unreachable(prepared);
    }
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

  /** Ends an attempt's hold with what it used. Where that cannot be told, by a failure of our own, with what was held. */
  #settle(attempt: Attempt, end: AttemptOutcome): void {
    attempt.settled = true;
    attempt.deadline.stop();
    attempt.runtime.active--;
    const { usage, events } = this.#context;
    const durationMs = this.#context.clock.monotonicMs() - attempt.startedAtMs;
    let record: UsageRecord;
    try {
      record = this.#book(attempt, { ...end, durationMs });
      usage.settle(attempt.id, record);
    } catch (error) {
      usage.settle(attempt.id, attempt.held);
      throw error;
    }
    endAttemptSpan(attempt, record);
    events.attemptEnded(record);
    this.#list(attempt, { end, record, durationMs });
    attempt.usage = record.usage;
    attempt.components = record.componentsNanoUsd;
  }

  #book(attempt: Attempt, { durationMs, ...end }: AttemptOutcome & { readonly durationMs: number }) {
    const firstTokenMs = firstTokenMsOf(attempt);
    return bookAttempt({
      held: attempt.held,
      end: {
        ...end,
        mayHaveWorked: end.mayHaveWorked ?? true,
        estimate: estimatedUsage(attempt, this.decided),
        httpStatus: end.httpStatus ?? (end.outcome === 'ok' ? 200 : undefined),
        durationUs: durationMs * 1000,
        firstTokenUs: firstTokenMs === undefined ? undefined : firstTokenMs * 1000,
      },
      offering: attempt.candidate.offering,
    });
  }

  #list(
    attempt: Attempt,
    {
      end,
      record,
      durationMs,
    }: { readonly end: AttemptOutcome; readonly record: UsageRecord; readonly durationMs: number },
  ): void {
    const { costNanoUsd } = record;
    this.costNanoUsd =
      this.costNanoUsd === undefined || costNanoUsd === undefined
        ? undefined
        : this.costNanoUsd + costNanoUsd;
    this.attempts.push({
      attemptId: attempt.id,
      provider: record.provider,
      model: record.model,
      startedAt: record.occurredAt,
      durationMs,
      firstTokenMs: firstTokenMsOf(attempt),
      outcome: end.outcome,
      httpStatus: record.httpStatus,
      detail: end.detail ?? '',
      costNanoUsd,
    });
  }

  /** A candidate that was not called after all. */
  #noteUncalled({ offering }: RankedCandidate, outcome: string, detail: string): void {
    this.#passedOver.push({
      attemptId: '',
      provider: offering.provider.id,
      model: offering.model,
      startedAt: new Date(this.#context.clock.wallMs()),
      durationMs: 0,
      outcome,
      httpStatus: 0,
      detail,
    });
  }

  #listPassedOver(): void {
    this.attempts.push(...this.#passedOver);
    this.#passedOver = [];
  }

  #outcomeOf(attempt: Attempt, error: ProviderError): DecisionOutcome {
    if (error.class === 'cancelled') return DecisionOutcome.CANCELLED;
    return attempt.firstTokenAtMs !== undefined
      ? DecisionOutcome.BROKEN_STREAM
      : DecisionOutcome.FALLBACK_EXHAUSTED;
  }

  #finalError({ candidate, deadline }: Attempt, error: ProviderError): ServiceError {
    // At a deadline the caller's side often cancels, too: that it passed is the reason. What nobody would have answered
    // better is told all the same.
    const hadTime = deadline.cause !== 'deadline' && !this.#deadlinePassed;
    if (!hadTime && (error.class === 'cancelled' || error.retryable)) return deadlinePassed(this.requestId);
    if (deadline.cause === 'caller') return callerGone(this.requestId);
    const { provider, model } = candidate.offering;
    return allFailed({
      requestId: this.requestId,
      provider: provider.id,
      model,
      attempts: this.#attemptCount,
      error,
    });
  }

  #conclude(outcome: DecisionOutcome): void {
    const { decisions, events, experiments, clock } = this.#context;
    const { assignment, needs } = this.decided;
    const durationMs = clock.monotonicMs() - this.startedAtMs;
    events.requestEnded({ outcome, durationMs, stream: needs.stream });
    if (assignment !== undefined)
      experiments.count({ assignment, outcome, costNanoUsd: this.costNanoUsd, durationMs });
    decisions.record(
      decisionRecord({
        requestId: this.requestId,
        decided: this.decided,
        decidedWallMs: this.#decidedWallMs,
        attempts: this.attempts,
        tried: this.tried,
        outcome,
      }),
    );
  }
}

const firstTokenMsOf = ({ firstTokenAtMs, startedAtMs }: Attempt): number | undefined =>
  firstTokenAtMs === undefined ? undefined : firstTokenAtMs - startedAtMs;
