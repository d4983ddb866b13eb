import { trace } from '@opentelemetry/api';
import { DecisionOutcome, type RouteSummary } from '@switchyard/contracts/routing';
import { type DecodedResponse, type ProviderError, providerError } from '@switchyard/llm';
import { endSpan, startSpan } from '@switchyard/service-kit';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { wantsContinuation } from '../domain/failover/continued-request.ts';
import { type HedgeRules, hedgeRulesOf } from '../domain/failover/hedge-rules.ts';
import { ToldAnswer } from '../domain/failover/told-answer.ts';
import { nobodyCallable, noCandidate } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { CallFailure } from '../transport/call-provider.ts';
import { type DecidedRequest, decideRequest } from './admit-request.ts';
import type { AskedCall } from './ask-request.ts';
import type { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import { AttemptSource } from './attempt-source.ts';
import { concludeRequest, failedOutcome, finalError } from './conclude-request.ts';
import { summarizeRoute } from './decision-record.ts';
import { asksWithWrongKey } from './pipeline-call.ts';
import { type AttemptOutcome, giveBackUnused, settleAttempt } from './settle-attempt.ts';

/** One request on its way through the candidates: what was tried, what it cost, what came of it. */
export class Execution {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly decided: DecidedRequest;
  readonly log = new AttemptLog();
  /** What the caller has of a streamed answer. */
  readonly told: ToldAnswer;
  /** How it is hedged; undefined: not at all. */
  readonly hedgeRules: HedgeRules | undefined;
  readonly #context: PipelineContext;
  readonly #decidedWallMs: number;
  readonly #source: AttemptSource;
  /** Whether an attempt has failed. */
  #hasFailed = false;
  readonly #authors: Attempt[] = [];

  /** @throws where the request is refused before anyone is called */
  constructor(call: AskedCall, context: PipelineContext, mode: { readonly stream: boolean }) {
    this.#context = context;
    this.startedAtMs = call.arrivedAtMs;
    this.#decidedWallMs = context.clock.wallMs();
    this.requestId = call.requestId;
    const span = startSpan('decide', { parent: trace.getActiveSpan() });
    try {
      this.decided = decideRequest(call, context, mode);
    } finally {
      span?.setAttribute('switchyard.request_id', this.requestId);
      endSpan(span);
    }
    this.told = new ToldAnswer(isToBeContinued(this.decided) ? 'continued' : 'as it is');
    this.hedgeRules = hedgeRulesOf(call.operation, call);
    const { requestId, decided, startedAtMs: arrivedAtMs, log, told, hedgeRules } = this;
    this.#source = new AttemptSource(
      { requestId, call, decided, arrivedAtMs, log, told, hedgeRules },
      context,
    );
    if (decided.choice.ranked.length > 0) return;
    this.#conclude(DecisionOutcome.REFUSED);
    throw noCandidate(requestId, decided.choice);
  }

  /** Whose turn it was, the last one included, whether it was called or passed over; again where it was tried again. */
  get tried(): readonly RankedCandidate[] {
    return this.#source.tried;
  }

  /** The attempts that gave the answer, in order: one, or those that went on with what another had begun. */
  get authors(): readonly Attempt[] {
    return this.#authors;
  }

  /** The first attempt. @throws where none can be made */
  async begin(): Promise<Attempt> {
    const attempt = await this.#source.next();
    this.log.listPassedOver();
    if (attempt !== undefined) return attempt;
    this.#conclude(DecisionOutcome.REFUSED);
    const { blocked, overBudget, roomInMs } = this.#source;
    throw blocked ?? overBudget ?? nobodyCallable(this.requestId, this.log.attempts, roomInMs);
  }

  /** The first piece of an answer has come. */
  answerBegun(attempt: Attempt): void {
    if (attempt.firstTokenAtMs !== undefined) return;
    this.#authors.push(attempt);
    attempt.firstTokenAtMs = this.#context.clock.monotonicMs();
    attempt.runtime.answered(attempt.permit, attempt.firstTokenAtMs);
  }

  /** An attempt has given its whole answer: settles it and concludes the request. */
  succeed(attempt: Attempt, decoded: Pick<DecodedResponse, 'usage'>): void {
    this.answerBegun(attempt);
    const nowMs = this.#context.clock.monotonicMs();
    const firstTokenMs = (attempt.firstTokenAtMs ?? nowMs) - attempt.startedAtMs;
    attempt.runtime.succeeded({ firstTokenMs, totalMs: nowMs - attempt.startedAtMs }, nowMs);
    const isFallback = !this.#source.isFirst(attempt) && (!attempt.isHedge || this.#hasFailed);
    const requestOutcome = isFallback ? DecisionOutcome.FALLBACK_SUCCESS : DecisionOutcome.COMPLETE;
    this.#end(attempt);
    this.#settle(attempt, { outcome: 'ok', delivered: true, usage: decoded.usage, requestOutcome });
    this.#conclude(requestOutcome);
  }

  /** An attempt has failed: settles it, and gives the next one, or throws what the caller is told. */
  async failOver(attempt: Attempt, failure: CallFailure): Promise<Attempt> {
    const { error } = failure;
    this.#hasFailed = true;
    this.#endFailed(attempt, error);
    const end = { ...failedEnd(attempt, failure), requestOutcome: undefined };
    giveBackUnused(attempt, end, this.#context);
    const following = await this.#source.after(attempt, error).catch((thrown: unknown) => {
      const outcome = failedOutcome(this.told, error);
      this.#settleFailed(attempt, failure, outcome);
      this.#conclude(outcome);
      throw thrown;
    });
    const requestOutcome = following === undefined ? failedOutcome(this.told, error) : undefined;
    try {
      this.#settleFailed(attempt, failure, requestOutcome);
    } catch (thrown) {
      if (following !== undefined) this.abandon(following);
      throw thrown;
    }
    this.log.listPassedOver();
    if (following?.isContinuation) this.told.continue();
    if (following !== undefined) return following;
    this.#conclude(requestOutcome ?? DecisionOutcome.FALLBACK_EXHAUSTED);
    const { blocked, attempts, deadlineIsPast } = this.#source;
    const { requestId } = this;
    throw blocked ?? finalError({ requestId, attempt, error, attempts, deadlineIsPast });
  }

  /** How long an attempt may still be silent before one is made beside it, in milliseconds; undefined: for ever. */
  hedgeDelayMs(attempt: Attempt): number | undefined {
    return this.#source.hedgeDelayMs(attempt);
  }

  /** An attempt at another provider beside a slow one; undefined: none can be made, and the request goes on as it is. */
  async hedge(beside: Attempt): Promise<Attempt | undefined> {
    const hedge = await this.#source.hedge(beside);
    this.log.listPassedOver();
    return hedge;
  }

  /** An attempt has failed while another one is under way: settles it. */
  drop(attempt: Attempt, failure: CallFailure): void {
    this.#hasFailed = true;
    this.#endFailed(attempt, failure.error);
    this.#source.failedBeside(attempt, failure.error);
    this.#settleFailed(attempt, failure, undefined);
  }

  /** An attempt was ended since another one answered first: settles it as waste. @param failure how it ended; undefined: by its answer */
  outrun(attempt: Attempt, failure: CallFailure | undefined): void {
    this.#source.outrun(attempt);
    this.#context.events.hedgeEnded(attempt.isHedge ? 'lost' : 'won');
    if (failure !== undefined && failure.error.class !== 'cancelled') {
      this.drop(attempt, failure);
      return;
    }
    const nowMs = this.#context.clock.monotonicMs();
    attempt.runtime.outrun(nowMs - attempt.startedAtMs, nowMs);
    this.#endFailed(attempt, OUTRUN);
    const { reached, status } = failure ?? { reached: true, status: undefined };
    this.#settleFailed(attempt, { error: OUTRUN, reached, status }, undefined);
  }

  /** Who answers and why. */
  get route(): RouteSummary | undefined {
    return summarizeRoute(this.decided.choice, this.tried, this.#source.outran);
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
    attempt.place.end();
  }

  #endFailed(attempt: Attempt, error: ProviderError): void {
    if (attempt.endedAtMs !== undefined) return;
    this.#end(attempt);
    const { clock } = this.#context;
    // A refused key that is none says nothing against whoever refuses it: the call counts like one that its caller left.
    const isDue = asksWithWrongKey(this.decided.needs.operation);
    attempt.runtime.failed({
      error: isDue ? { class: 'cancelled', retryAfterMs: undefined } : error,
      permit: attempt.permit,
      nowMs: clock.monotonicMs(),
      wallMs: clock.wallMs(),
    });
  }

  #settleFailed(attempt: Attempt, failure: CallFailure, requestOutcome: DecisionOutcome | undefined): void {
    this.#settle(attempt, { ...failedEnd(attempt, failure), requestOutcome });
  }

  #settle(attempt: Attempt, end: AttemptOutcome): void {
    settleAttempt(attempt, end, { log: this.log, context: this.#context });
  }

  #conclude(outcome: DecisionOutcome): void {
    const { requestId, decided, log, startedAtMs, tried } = this;
    const decidedWallMs = this.#decidedWallMs;
    const { outran } = this.#source;
    const { attempts } = log;
    concludeRequest(
      { requestId, decided, decidedWallMs, log, attempts, startedAtMs, tried, outran, outcome },
      this.#context,
    );
  }
}

/** How an attempt ended that failed, but for what came of the request. */
function failedEnd(
  { firstTokenAtMs, usage }: Attempt,
  { error, reached, status }: CallFailure,
): Omit<AttemptOutcome, 'requestOutcome'> {
  const refusedByProvider = status !== undefined && status >= 400;
  return {
    outcome: error.class,
    delivered: firstTokenAtMs !== undefined,
    usage,
    mayHaveWorked: reached && !refusedByProvider,
    httpStatus: status,
    detail: error.detail,
  };
}

/** Probes find out how one candidate does. */
const isToBeContinued = ({ needs: { operation, stream, isProbe } }: DecidedRequest): boolean =>
  operation.kind === 'chat' && stream && !isProbe && wantsContinuation(operation.request);

const cancelled = (detail: string): ProviderError => providerError({ class: 'cancelled', detail });

/** How an attempt ends that nobody waits for any more. */
const ABANDONED = cancelled('left before its end: by the caller, or by a failure of this side');
/** How one ends that another one was faster than. */
const OUTRUN = cancelled('another attempt answered first');
