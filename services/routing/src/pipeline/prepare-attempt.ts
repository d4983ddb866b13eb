import type { Span } from '@opentelemetry/api';
import { type Result, ServiceError } from '@switchyard/kernel';
import {
  encodeOperation,
  type RequestAuthorization,
  readRateLimits,
  type SendableRequest,
  type Unsupported,
} from '@switchyard/llm';
import type { Permit, RetryLeave } from '@switchyard/resilience';
import { endSpan } from '@switchyard/service-kit';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { describeCoolDown } from '../domain/decide/describe-cool-down.ts';
import { describeRefusal } from '../domain/limits/refusal.ts';
import { baselineOf } from '../domain/pool/baseline-of.ts';
import { tokensWanted } from '../domain/request/cost-estimate.ts';
import { outputLimit } from '../domain/request/output-limit.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { PipelineContext } from '../ports.ts';
import type { BudgetHold } from '../runtime/budgets/budget-hold.ts';
import type { QuotaPlace } from '../runtime/limits/quota-place.ts';
import type { OfferingRuntime } from '../runtime/offering-runtime.ts';
import { AttemptDeadline } from '../transport/attempt-deadline.ts';
import { authorizationHeaders } from '../transport/authorize-request.ts';
import type { PreparedCall } from '../transport/call-provider.ts';
import { type Attempt, type AttemptOrigin, heldRecord, startAttemptSpan } from './attempt.ts';
import { asksWithWrongKey } from './pipeline-call.ts';

/** What came of preparing a candidate's call. */
export type Prepared =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  /** It is not called after all; the next candidate may be. */
  | { readonly kind: 'skipped'; readonly outcome: string; readonly detail: string }
  /** Nobody may be called now. */
  | { readonly kind: 'blocked'; readonly error: ServiceError };

/** Whom to call, with which key, for what. */
export interface PrepareOptions {
  readonly candidate: RankedCandidate;
  /** The provider's key. */
  readonly authorization: RequestAuthorization;
  readonly origin: Omit<AttemptOrigin, 'overheadMs' | 'wallMs' | 'leases'>;
  /** When the request arrived, monotonic. */
  readonly arrivedAtMs: number;
  /** When the request's first attempt was made, monotonic; undefined: this is the first. */
  readonly firstAttemptAtMs: number | undefined;
  /** What a retry has taken of the target's retries before it waited; undefined: it is taken now. */
  readonly leave: RetryLeave | undefined;
  /** What it has taken of the provider's limits. */
  readonly place: QuotaPlace;
  /** What is held against budgets. */
  readonly budgets: BudgetHold;
  readonly parent: Span | undefined;
}

/** Encodes the request, takes a place at the target, and writes the hold: after this the call may be made. */
export function prepareAttempt(options: PrepareOptions, context: PipelineContext): Prepared {
  const { candidate, origin } = options;
  const runtime = context.runtimes.of(candidate.offering);
  const encoded = encode(candidate, origin);
  if (!encoded.ok) {
    if (options.leave !== undefined) runtime.retries.end(options.leave);
    const { field, description } = encoded.error;
    return { kind: 'skipped', outcome: 'invalid_request', detail: `${field}: ${description}` };
  }
  const nowMs = context.clock.monotonicMs();
  const place = takePlace(runtime, { nowMs, leave: options.leave, origin, candidate });
  return place.kind === 'taken' ? hold(options, context, { ...place, encoded: encoded.value, nowMs }) : place;
}

/** A place at a target, until the attempt has ended. */
interface Place {
  readonly kind: 'taken';
  readonly runtime: OfferingRuntime;
  readonly permit: Permit | undefined;
  readonly leave: RetryLeave;
}

/** Asks the target's pause, its retries and its breaker; a probe is let through by all of them. */
function takePlace(
  runtime: OfferingRuntime,
  {
    nowMs,
    leave: taken,
    origin,
    candidate: { provider },
  }: Pick<PrepareOptions, 'origin' | 'leave' | 'candidate'> & { readonly nowMs: number },
): Place | Extract<Prepared, { kind: 'skipped' }> {
  const { isProbe } = origin.needs;
  const pause = pauseOf(runtime, provider, { tokens: tokensWanted(origin.needs), nowMs });
  const leave = taken ?? leaveFor(runtime, origin);
  if (leave === undefined)
    return { kind: 'skipped', outcome: 'overloaded', detail: 'its retry budget is used up' };
  const permit = pause === undefined || isProbe ? runtime.breaker.tryAcquire(nowMs) : undefined;
  if (permit !== undefined || isProbe) return { kind: 'taken', runtime, permit, leave };
  runtime.retries.end(leave);
  return pause === undefined
    ? { kind: 'skipped', outcome: 'overloaded', detail: 'its circuit breaker has opened meanwhile' }
    : { kind: 'skipped', outcome: 'rate_limited', detail: pause };
}

/** Why a target wants no call now, by what it has asked for or told; undefined where it has not. */
function pauseOf(
  runtime: OfferingRuntime,
  provider: ConfiguredProvider,
  asked: { readonly tokens: number; readonly nowMs: number },
): string | undefined {
  const cooling = runtime.coolDown.at(asked.nowMs);
  if (cooling !== undefined) return describeCoolDown(cooling.endsAtWallMs);
  const refusal = runtime.refusal(provider, asked);
  return refusal && describeRefusal(refusal);
}

function leaveFor({ retries }: OfferingRuntime, { index, needs }: PrepareOptions['origin']) {
  if (needs.isProbe) return 'free';
  return index === 0 ? retries.startRequest() : retries.tryStartRetry();
}

function hold(
  options: PrepareOptions,
  context: PipelineContext,
  taken: Place & { readonly encoded: SendableRequest; readonly nowMs: number },
): Prepared {
  const { candidate, origin, budgets, parent } = options;
  const { runtime, permit, leave, encoded, nowMs } = taken;
  const span = startAttemptSpan(candidate, origin.needs, parent);
  const wallMs = context.clock.wallMs();
  const overheadMs = (options.firstAttemptAtMs ?? nowMs) - options.arrivedAtMs;
  const held = heldRecord(candidate, span, { ...origin, overheadMs, wallMs, leases: budgets.uses });
  // Nothing between the hold and the attempt can fail: a hold without an attempt would stay open.
  const made = callOf(options, context, {
    attemptId: held.attemptId,
    encoded,
    wallMs,
    onHead: asksWithWrongKey(origin.needs.operation) ? learnsNothing : learner(options, context, runtime),
  });
  try {
    context.usage.hold(held.attemptId, held);
  } catch (error) {
    made.deadline.stop();
    if (permit !== undefined) runtime.breaker.onAbandoned(permit, nowMs);
    runtime.retries.end(leave);
    endSpan(span);
    if (error instanceof ServiceError) return { kind: 'blocked', error };
    throw error;
  }
  runtime.began(nowMs);
  return {
    kind: 'attempt',
    attempt: attemptOf(options, { deadline: made.deadline, call: made.call, place: taken, held, span }),
  };
}

/** An attempt of which nothing is known yet. Field by field: it is made with every request. */
function attemptOf(
  { candidate, origin, place, budgets }: PrepareOptions,
  {
    deadline,
    call,
    place: { runtime, permit, leave, nowMs },
    held,
    span,
  }: Pick<Attempt, 'deadline' | 'call' | 'held' | 'span'> & {
    readonly place: Place & { readonly nowMs: number };
  },
): Attempt {
  const { index, needs, decided, isHedge, isContinuation } = origin;
  const baseline = baselineOf(needs, decided.snapshot, held.occurredAt?.getTime() ?? 0);
  return {
    id: held.attemptId,
    index,
    isHedge,
    isContinuation,
    needs,
    candidate,
    runtime,
    permit,
    leave,
    place,
    budgets,
    held,
    baseline: baseline?.sharedKey === candidate.offering.sharedKey ? undefined : baseline,
    startedAtMs: nowMs,
    span,
    deadline,
    call,
    firstTokenAtMs: undefined,
    deliveredBytes: 0,
    usage: undefined,
    components: NO_COMPONENTS,
    endedAtMs: undefined,
    settled: false,
  };
}

/** What a provider tells a stranger of its limits is not about us. */
const learnsNothing = (): void => undefined;

/** Takes note of what the head of a call's answer tells of its target's limits. */
function learner(
  { origin }: PrepareOptions,
  { clock }: PipelineContext,
  { told }: OfferingRuntime,
): PreparedCall['onHead'] {
  const mark = told.began(tokensWanted(origin.needs));
  return (headers) => told.note(readRateLimits(headers, clock.wallMs()), mark, clock.monotonicMs());
}

const NO_COMPONENTS: Attempt['components'] = {};

function encode(
  { offering }: RankedCandidate,
  { needs }: PrepareOptions['origin'],
): Result<SendableRequest, Unsupported> {
  return encodeOperation(offering.provider.format, {
    operation: needs.operation,
    model: offering.model,
    maxOutputTokens: outputLimit(needs, offering),
    stream: needs.stream,
    dialect: offering.provider.dialect,
    traits: offering.traits,
  });
}

function callOf(
  { candidate, authorization, origin }: PrepareOptions,
  { transport }: PipelineContext,
  {
    attemptId,
    encoded,
    wallMs,
    onHead,
  }: {
    readonly attemptId: string;
    readonly encoded: SendableRequest;
    readonly wallMs: number;
    readonly onHead: PreparedCall['onHead'];
  },
) {
  const { provider } = candidate.offering;
  const { signal, deadlineAtMs } = origin.call;
  const remainingMs = deadlineAtMs === undefined ? undefined : deadlineAtMs - wallMs;
  const { address } = provider;
  const key = authorizationHeaders(authorization, { address, encoded, wallMs });
  const headers = { ...key, 'x-switchyard-attempt-id': attemptId };
  const answer = origin.needs.stream ? 'streamed' : 'whole';
  const deadline = new AttemptDeadline({ limits: provider.limits, answer, signal, remainingMs });
  return {
    deadline,
    call: {
      transport,
      provider,
      encoded,
      headers,
      deadline,
      wallNowMs: wallMs,
      onHead,
      secrets: authorization.secrets,
    },
  };
}
