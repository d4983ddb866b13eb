import type { Span } from '@opentelemetry/api';
import { type Result, ServiceError } from '@switchyard/kernel';
import {
  type EncodedRequest,
  encodeOperation,
  type RequestAuthorization,
  type Unsupported,
} from '@switchyard/llm';
import { endSpan } from '@switchyard/service-kit';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { outputLimit } from '../domain/request/output-limit.ts';
import type { PipelineContext } from '../ports.ts';
import { AttemptDeadline } from '../transport/attempt-deadline.ts';
import { authorizationHeaders } from '../transport/authorize-request.ts';
import { type Attempt, type AttemptOrigin, heldRecord, startAttemptSpan } from './attempt.ts';

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
  readonly origin: Omit<AttemptOrigin, 'overheadMs' | 'wallMs'>;
  /** When the request arrived, monotonic. */
  readonly arrivedAtMs: number;
  /** When the request's first attempt was made, monotonic; undefined: this is the first. */
  readonly firstAttemptAtMs: number | undefined;
  readonly parent: Span | undefined;
}

/** Encodes the request, takes a place at the breaker, and writes the hold: after this the call may be made. */
export function prepareAttempt(options: PrepareOptions, context: PipelineContext): Prepared {
  const { candidate, origin, parent } = options;
  const encoded = encode(candidate, origin);
  if (!encoded.ok) {
    const { field, description } = encoded.error;
    return { kind: 'skipped', outcome: 'invalid_request', detail: `${field}: ${description}` };
  }
  const nowMs = context.clock.monotonicMs();
  const runtime = context.runtimes.of(candidate.offering);
  const permit = runtime.breaker.tryAcquire(nowMs);
  if (permit === undefined && !origin.decided.needs.isProbe) {
    return { kind: 'skipped', outcome: 'overloaded', detail: 'its circuit breaker has opened meanwhile' };
  }
  const span = startAttemptSpan(candidate, parent);
  const wallMs = context.clock.wallMs();
  const overheadMs = (options.firstAttemptAtMs ?? nowMs) - options.arrivedAtMs;
  const held = heldRecord(candidate, span, { ...origin, overheadMs, wallMs });
  // Nothing between the hold and the attempt can fail: a hold without an attempt would stay open.
  const made = callOf(options, context, { attemptId: held.attemptId, encoded: encoded.value, wallMs });
  try {
    context.usage.hold(held.attemptId, held);
  } catch (error) {
    made.deadline.stop();
    if (permit !== undefined) runtime.breaker.onAbandoned(permit, nowMs);
    endSpan(span);
    if (error instanceof ServiceError) return { kind: 'blocked', error };
    throw error;
  }
  runtime.began(nowMs);
  const { index } = origin;
  const known = { id: held.attemptId, index, candidate, runtime, permit, held, startedAtMs: nowMs, span };
  return { kind: 'attempt', attempt: { ...known, ...made, ...UNANSWERED } };
}

/** An attempt of which nothing is known yet. */
const UNANSWERED = {
  firstTokenAtMs: undefined,
  deliveredBytes: 0,
  usage: undefined,
  components: {},
  settled: false,
};

function encode(
  { offering }: RankedCandidate,
  { decided }: PrepareOptions['origin'],
): Result<EncodedRequest, Unsupported> {
  const { needs } = decided;
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
  }: { readonly attemptId: string; readonly encoded: EncodedRequest; readonly wallMs: number },
) {
  const { provider } = candidate.offering;
  const { signal, deadlineAtMs } = origin.call;
  const remainingMs = deadlineAtMs === undefined ? undefined : deadlineAtMs - wallMs;
  const { address } = provider;
  const key = authorizationHeaders(authorization, { address, encoded, wallMs });
  const headers = { ...key, 'x-switchyard-attempt-id': attemptId };
  const answer = origin.decided.needs.stream ? 'streamed' : 'whole';
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
      secrets: authorization.secrets,
    },
  };
}
