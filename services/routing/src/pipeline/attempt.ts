import { type Span, SpanKind } from '@opentelemetry/api';
import { type LeaseUse, LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { CacheResult, DecisionOutcome, type Usage } from '@switchyard/contracts/routing';
import { type NanoUsd, uuidV7 } from '@switchyard/kernel';
import { type CountedUsage, estimateTextTokens, usageOfUnits } from '@switchyard/llm';
import type { Permit, RetryLeave } from '@switchyard/resilience';
import { endSpan, isTracing, startSpan, traceparentOf } from '@switchyard/service-kit';
import { ratedPrices } from '../domain/booking.ts';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { expectedOutputTokens, maxCost } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { pricesFor } from '../domain/request/prices-for.ts';
import { unitsAt } from '../domain/request/units-at.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { BudgetHold } from '../runtime/budgets/budget-hold.ts';
import type { QuotaPlace } from '../runtime/limits/quota-place.ts';
import type { OfferingRuntime } from '../runtime/offering-runtime.ts';
import type { AttemptDeadline } from '../transport/attempt-deadline.ts';
import type { PreparedCall } from '../transport/call-provider.ts';
import type { DecidedRequest } from './admit-request.ts';
import { attemptSpan } from './attempt-span.ts';
import type { OperationCall } from './pipeline-call.ts';
import { NOT_IN_A_BATCH, recordOfRequest } from './record-of-request.ts';

/** One call of one candidate, from its hold to its end. */
export interface Attempt {
  readonly id: string;
  readonly index: number;
  readonly candidate: RankedCandidate;
  /** What it is asked. */
  readonly needs: Needs;
  readonly runtime: OfferingRuntime;
  readonly permit: Permit | undefined;
  /** What it has taken of the target's retries. */
  readonly leave: RetryLeave;
  /** What it has taken of the provider's limits. */
  readonly place: QuotaPlace;
  /** What is held against budgets. */
  readonly budgets: BudgetHold;
  /** Whether it was made beside one that was slow. */
  readonly isHedge: boolean;
  /** Whether it is to go on with a stream that has broken off. */
  readonly isContinuation: boolean;
  readonly deadline: AttemptDeadline;
  readonly call: PreparedCall;
  /** The record that was held: what is booked if its end is never known. */
  readonly held: UsageRecord;
  /** What its savings are told against; undefined: nothing, or the candidate itself. */
  readonly baseline: Offering | undefined;
  readonly startedAtMs: number;
  readonly span: Span | undefined;
  /** When the first piece of the answer came, monotonic; undefined before. */
  firstTokenAtMs: number | undefined;
  /** UTF-8 bytes that went to the caller. */
  deliveredBytes: number;
  /** What the provider has reported so far. */
  usage: Usage | undefined;
  /** Parts of its cost by kind, in nano-USD; empty before the end. */
  components: Readonly<Record<string, bigint>>;
  /** When it ended, monotonic; undefined while it is under way. What follows may take a while before it is booked. */
  endedAtMs: number | undefined;
  settled: boolean;
}

/** Who and what an attempt is made for. */
export interface AttemptOrigin {
  readonly requestId: string;
  readonly call: OperationCall;
  readonly decided: DecidedRequest;
  /** What the attempt is asked: what was decided on, or the rest of it. */
  readonly needs: Needs;
  readonly replica: string;
  readonly overheadMs: number;
  readonly index: number;
  readonly isHedge: boolean;
  readonly isContinuation: boolean;
  readonly wallMs: number;
  /** What is held against budgets. */
  readonly leases: LeaseUse[];
}

/** Upper bound of what an attempt costs, in nano-USD; undefined where it has none. */
export const mostCost = (
  candidate: RankedCandidate,
  { needs, isContinuation }: Pick<AttemptOrigin, 'needs' | 'isContinuation'>,
): NanoUsd | undefined => (isContinuation ? maxCost(needs, candidate.offering) : candidate.maxCost);

/** The record to book if the end of an attempt is never known: at what was held. */
export function heldRecord(
  candidate: RankedCandidate,
  span: Span | undefined,
  origin: AttemptOrigin,
): UsageRecord {
  const { requestId, call, decided, needs, replica, overheadMs, index, wallMs, leases } = origin;
  const { tenant, stream, estimatedInputTokens } = needs;
  const { offering } = candidate;
  const most = mostCost(candidate, origin);
  const prices = pricesFor(offering, estimatedInputTokens);
  return {
    ...recordOfRequest({ requestId, tenant, call, stream, replica }),
    attemptId: uuidV7(wallMs),
    attemptIndex: index,
    occurredAt: new Date(wallMs),
    provider: offering.provider.id,
    model: offering.model,
    line: LineKind.UNRESOLVED,
    outcome: 'unresolved',
    requestOutcome: DecisionOutcome.UNSPECIFIED,
    usage: undefined,
    prices: prices && ratedPrices(prices, decided.snapshot.priceVersion),
    costNanoUsd: most,
    componentsNanoUsd: {},
    holdNanoUsd: most,
    durationUs: 0n,
    firstTokenUs: undefined,
    overheadUs: BigInt(Math.round(overheadMs * 1000)),
    traceparent: traceparentOf(span),
    region: offering.provider.region,
    httpStatus: 0,
    simulated: offering.provider.simulated,
    endpoint: offering.provider.endpoint?.id ?? '',
    cache: CacheResult.UNSPECIFIED,
    savedNanoUsd: undefined,
    leases,
    ...NOT_IN_A_BATCH,
  };
}

/** Begins the span of an attempt; undefined while tracing is off. */
export function startAttemptSpan(
  candidate: RankedCandidate,
  needs: Pick<Needs, 'operation'>,
  parent: Span | undefined,
): Span | undefined {
  if (!isTracing()) return undefined;
  const { name, attributes } = attemptSpan(candidate, needs);
  return startSpan(name, { parent, kind: SpanKind.CLIENT, attributes });
}

/** Ends the span of an attempt with what came of it. */
export function endAttemptSpan({ span, id }: Attempt, record: UsageRecord): void {
  if (span === undefined) return;
  span.setAttributes({
    'switchyard.attempt_id': id,
    'switchyard.outcome': record.outcome,
    'switchyard.cost_nano_usd': record.costNanoUsd === undefined ? '' : String(record.costNanoUsd),
    'gen_ai.usage.input_tokens': record.usage?.inputTokens ?? 0,
    'gen_ai.usage.output_tokens': record.usage?.outputTokens ?? 0,
  });
  if (record.outcome !== 'ok') span.setAttribute('error.type', record.outcome);
  endSpan(span);
}

/**
 * What an attempt used if nobody reports it: the expected input, and what was delivered. Of an answer in one piece that nobody
 * saw, what was expected; a stream tells by its silence that nothing was written yet.
 */
export function estimatedUsage({ candidate, needs, deliveredBytes, firstTokenAtMs }: Attempt): CountedUsage {
  const units = unitsAt(needs, candidate.offering);
  if (units?.expected !== undefined) return usageOfUnits(units.unit, units.expected);
  const seen = needs.stream || firstTokenAtMs !== undefined;
  if (needs.untoldOutput === 'unknown')
    return { inputTokens: needs.estimatedInputTokens, outputTokens: undefined };
  return {
    inputTokens: needs.estimatedInputTokens,
    outputTokens: seen ? estimateTextTokens(deliveredBytes) : expectedOutputTokens(needs, candidate.offering),
  };
}

/** From the start of an attempt to the first piece of its answer, in milliseconds; undefined before it. */
export const firstTokenMsOf = ({ firstTokenAtMs, startedAtMs }: Attempt): number | undefined =>
  firstTokenAtMs === undefined ? undefined : firstTokenAtMs - startedAtMs;
