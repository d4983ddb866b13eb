import { type Span, trace } from '@opentelemetry/api';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import { type ErrorClass, estimateTextTokens, type RequestAuthorization } from '@switchyard/llm';
import type { RetryLeave } from '@switchyard/resilience';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { brokenOffNanoUsd, costsTooMuch } from '../domain/failover/continuation-cost.ts';
import { continuedNeeds } from '../domain/failover/continued-needs.ts';
import type { HedgeRules } from '../domain/failover/hedge-rules.ts';
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
import { asksWithWrongKey, type OperationCall } from './pipeline-call.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import { type PassedOver, RequestBudgets } from './request-budgets.ts';

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
export interface HowTried {
  /** What a retry has taken of the target's retries already. */
  readonly leave?: RetryLeave;
  /** Default false. */
  readonly isHedge?: boolean;
}

/** What came of a candidate whose turn it was. */
export type Made =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | Skipped
  /** Nobody may be called any more. */
  | { readonly kind: 'blocked'; readonly error: ServiceError };

/** It is not called after all; what was taken for it is given back. */
interface Skipped extends PassedOver {
  readonly kind: 'passed over';
  /** What else would fail alike; undefined: that says nothing of others. */
  readonly failedBy?: ErrorClass;
  /** When there is room at it again, in milliseconds; undefined where a limit is not why. */
  readonly roomInMs?: number;
}

/** What an attempt has taken before it is prepared. */
interface Taken {
  readonly candidate: RankedCandidate;
  readonly needs: Needs;
  readonly authorization: RequestAuthorization;
  readonly leave: RetryLeave | undefined;
  readonly isHedge: boolean;
  readonly place: QuotaPlace;
  readonly budgets: BudgetHold;
}

/** Makes the attempts of one request at the candidates that it is told: with a key, within limits and budgets, held before it is made. */
export class AttemptMaker {
  readonly #for: AttemptsFor;
  readonly #context: PipelineContext;
  /** The span that attempts belong to. */
  readonly #parent: Span | undefined = trace.getActiveSpan();
  readonly #budgets: RequestBudgets;
  #attempts = 0;
  #first: Pick<Attempt, 'candidate' | 'startedAtMs'> | undefined;
  /** Cost of a stream that has broken off, in nano-USD; undefined where it is unknown. */
  #spentNanoUsd: number | undefined;

  constructor(made: AttemptsFor, context: PipelineContext) {
    this.#for = made;
    this.#context = context;
    const { requestId, call, decided } = made;
    const { tenant } = decided.needs;
    this.#budgets = new RequestBudgets({ requestId, tenant, keyId: call.principal.keyId }, context.budgets);
  }

  /** How many were made. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Why nobody can be called, where hard budgets had no room for any candidate; undefined where that is not why. */
  get overBudget(): ServiceError | undefined {
    return this.#budgets.error(this.#for.log.attempts);
  }

  /** Whether an attempt is at the candidate that was called first. */
  isFirst({ candidate }: Attempt): boolean {
    return candidate === this.#first?.candidate;
  }

  /** What the request has cost with a stream that has just broken off, and is not booked yet. */
  noteSpent({ needs, candidate: { offering }, deliveredBytes }: Attempt): void {
    const { costNanoUsd } = this.#for.log;
    const brokenOff = brokenOffNanoUsd({ needs, offering }, estimateTextTokens(deliveredBytes));
    this.#spentNanoUsd =
      costNanoUsd === undefined || brokenOff === undefined ? undefined : Number(costNanoUsd) + brokenOff;
  }

  /** Holds money and a place for a candidate, where it can be called now. */
  async make(candidate: RankedCandidate, { leave, isHedge = false }: HowTried): Promise<Made> {
    const key = this.#context.secrets.get(candidate.offering.provider);
    const stored = key instanceof Promise ? await key : key;
    if (stored === undefined) {
      const why = { outcome: 'authentication', detail: 'its secret cannot be had now' };
      return this.#leaveOut(candidate, leave, { ...why, failedBy: 'authentication' });
    }
    const authorization = this.#shown(stored);
    if (authorization === undefined) return { kind: 'blocked', error: noKeyToCheck(this.#for.requestId) };
    const needs = this.#needsAt(candidate);
    const tooMuch = this.#continuationCostsTooMuch(candidate, needs);
    if (tooMuch !== undefined)
      return this.#leaveOut(candidate, leave, { outcome: 'max_cost', detail: tooMuch });
    const asked = this.#context.quotas.admit({
      provider: candidate.offering.provider,
      tokens: tokensWanted(needs),
      isProbe: needs.isProbe,
    });
    const admission = asked instanceof Promise ? await asked : asked;
    if (admission.kind === 'limited') {
      const { refusal } = admission;
      this.#context.events.rateLimited(candidate.provider, refusal);
      const why = { outcome: 'rate_limited', detail: describeRefusal(refusal) };
      return this.#leaveOut(candidate, leave, { ...why, roomInMs: refusal.leftMs });
    }
    const { place } = admission;
    const index = this.#attempts;
    const isContinuation = this.#for.told.soFar !== 'nothing';
    const holding = this.#budgets.hold({ candidate, needs, index, isContinuation, isHedge });
    const held = holding instanceof Promise ? await holding : holding;
    if (held.kind === 'held')
      return this.#prepare({ candidate, needs, authorization, leave, isHedge, place, budgets: held.hold });
    place.cancel();
    const { outcome, detail } = held;
    return this.#leaveOut(candidate, leave, { outcome, detail });
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

  /** With what a retry had taken there. */
  #leaveOut(candidate: RankedCandidate, leave: RetryLeave | undefined, why: Omit<Skipped, 'kind'>): Skipped {
    if (leave !== undefined) this.#context.runtimes.of(candidate.offering).retries.end(leave);
    return { kind: 'passed over', ...why };
  }

  #prepare(whom: Taken): Made {
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
        return prepared;
      case 'skipped': {
        giveBack();
        const { outcome, detail } = prepared;
        return { kind: 'passed over', outcome, detail };
      }
      case 'blocked':
        giveBack();
        return prepared;
      default:
        return unreachable(prepared);
    }
  }
}
