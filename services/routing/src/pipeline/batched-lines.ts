import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { type Decision, DecisionOutcome } from '@switchyard/contracts/routing';
import { encodeOperation, type SendableRequest } from '@switchyard/llm';
import { atBatchPrices, mayKeepTooMuch } from '../domain/batch/at-batch-prices.ts';
import type { HandedBatch } from '../domain/batch/provider-batch.ts';
import { type AttemptEnd, bookAttempt } from '../domain/booking.ts';
import { cacheRulesOf } from '../domain/cache/cache-rules.ts';
import { Candidate } from '../domain/decide/candidate.ts';
import { baselineOf } from '../domain/pool/baseline-of.ts';
import { findPool } from '../domain/pool/pool-index.ts';
import { outputLimit } from '../domain/request/output-limit.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { PipelineContext } from '../ports.ts';
import type { BudgetHold } from '../runtime/budgets/budget-hold.ts';
import { type DecidedRequest, decideRequest } from './admit-request.ts';
import { type AskedCall, askRequest } from './ask-request.ts';
import { heldRecord } from './attempt.ts';
import { decisionRecord } from './decision-record.ts';
import type { OperationCall } from './pipeline-call.ts';
import { RequestBudgets } from './request-budgets.ts';

/** A request that can go into a provider's batch. */
export interface PlannedLine {
  readonly call: AskedCall;
  readonly decided: DecidedRequest;
  /** Who is to answer it, at batch prices. */
  readonly candidate: Candidate;
  readonly encoded: SendableRequest;
}

/** Where a request of a batch is to be asked. */
export type LinePlan =
  | { readonly kind: 'in a batch'; readonly line: PlannedLine }
  /** By itself, as every request. */
  | { readonly kind: 'by itself'; readonly why: string };

/** A request that budgets have room for. */
export interface ReservedLine {
  readonly line: PlannedLine;
  /** What is booked where nothing more becomes known, once it is {@link BatchedLines.setAside}. */
  readonly reservation: UsageRecord;
  readonly decision: Decision;
  readonly budgets: BudgetHold;
}

/** A request that was in a provider's batch, and what came of it. */
export interface EndedLine {
  readonly batch: HandedBatch;
  readonly reservation: UsageRecord;
  readonly decision: Decision;
  readonly end: Pick<AttemptEnd, 'outcome' | 'delivered' | 'usage' | 'httpStatus'>;
  /** `line goes back`: it is asked again, as another request. */
  readonly after: 'line has ended' | 'line goes back';
  /** What happened, in one line; '' for an answer. */
  readonly detail: string;
}

/** What is noted of a line, beside its record. */
type LineToNote = Pick<EndedLine, 'reservation' | 'decision' | 'detail'>;

/**
 * The pipeline of requests that are answered later, in a provider's batch: understood, decided, held and booked as every other one, by the
 * same parts. Only the call is another one, and so is its price.
 */
export class BatchedLines {
  readonly #context: PipelineContext;

  constructor(context: PipelineContext) {
    this.#context = context;
  }

  /** Decides who answers. @throws what the request is refused with, whoever is asked */
  plan(call: OperationCall): LinePlan {
    const asked = askRequest(call, this.#context);
    const { kind, request } = call.operation;
    if (asked.division.assignment !== undefined) return byItself('it takes part in an experiment');
    if (request.idempotencyKey !== '') return byItself('it has an idempotency key');
    const decided = decideRequest(asked, this.#context, { stream: false });
    const [first] = decided.choice.ranked;
    if (first === undefined) return byItself('nobody fits now');
    const { tenant, snapshot, arrivedWallMs } = asked;
    if (cacheRulesOf(call.operation, asked) !== undefined) return byItself('its answer may be in the cache');
    const reprice = snapshot.terms?.repriceFor(tenant, arrivedWallMs) ?? asListed;
    const priced = atBatchPrices(first.offering, kind, reprice);
    if (priced.kind === 'none') return byItself(priced.why);
    const { offering } = priced;
    if (mayKeepTooMuch(decided.needs, offering.provider)) return byItself('it asks for tags');
    const encoded = encodeOperation(offering.provider.format, {
      operation: call.operation,
      model: offering.model,
      maxOutputTokens: outputLimit(decided.needs, offering),
      stream: false,
      dialect: offering.provider.dialect,
      traits: offering.traits,
    });
    if (!encoded.ok || offering.provider.format.batches?.takes(encoded.value) !== true)
      return byItself(`${offering.provider.id} takes no such line`);
    const candidate = new Candidate({ ...first, offering, needs: decided.needs, costNanoUsd: undefined });
    return { kind: 'in a batch', line: { call: asked, decided, candidate, encoded: encoded.value } };
  }

  /**
   * Holds what a line costs at the most; undefined where a budget has no room for it. A process that dies has it booked as not sent, until
   * it is set aside: nobody but this process knows of the line yet.
   *
   * @throws OUTBOX_FULL
   */
  async reserve(line: PlannedLine): Promise<ReservedLine | undefined> {
    const { call, decided, candidate } = line;
    const { requestId, tenant, principal } = call;
    const { usage, budgets, clock, replica } = this.#context;
    const request = { requestId, tenant, keyId: principal.keyId };
    const { needs } = decided;
    const how = { index: 0, isContinuation: false, isHedge: false };
    const holding = await new RequestBudgets(request, budgets).hold({ candidate, needs, ...how });
    if (holding.kind !== 'held') return undefined;
    const { hold } = holding;
    const wallMs = clock.wallMs();
    const origin = { requestId, call, decided, needs, replica, overheadMs: 0, wallMs, leases: hold.uses };
    const reservation: UsageRecord = {
      ...heldRecord(candidate, undefined, { ...origin, ...how }),
      line: LineKind.WASTE,
      outcome: 'reserved',
      costNanoUsd: 0n,
      batch: true,
      reservation: true,
    };
    try {
      usage.hold(reservation.attemptId, notSent({ reservation }));
    } catch (error) {
      hold.cancel();
      throw error;
    }
    return { line, reservation, budgets: hold, decision: this.#decisionOf(line) };
  }

  /**
   * It is written down where the line is to go, so that its end will be told: from now on a process that dies has it booked as reserved.
   *
   * @throws OUTBOX_FULL
   */
  setAside({ reservation }: ReservedLine): void {
    this.#context.usage.hold(reservation.attemptId, reservation);
  }

  /** The provider has it, or may: what was set aside stays so until its end is known. */
  confirm({ reservation, budgets }: ReservedLine): void {
    this.#context.usage.settle(reservation.attemptId, reservation);
    budgets.settle(reservation.leases);
  }

  /** The provider never had it. */
  giveBack(reserved: ReservedLine): void {
    const record = notSent(reserved);
    this.#context.usage.settle(record.attemptId, record);
    reserved.budgets.settle(record.leases);
  }

  /** Books what came of a line, in place of what was set aside. @returns what is booked @throws OUTBOX_FULL */
  settle(ended: EndedLine): UsageRecord {
    const { batch, reservation, decision, end, after } = ended;
    const wallMs = this.#context.clock.wallMs();
    const startedMs = reservation.occurredAt?.getTime() ?? wallMs;
    const booked = bookAttempt({
      held: reservation,
      end: {
        ...end,
        requestOutcome: after === 'line goes back' ? undefined : outcomeOf(end),
        // An answer that cannot be read is billed all the same.
        mayHaveWorked: end.httpStatus === 200,
        estimate: {
          inputTokens: decision.estimatedInputTokens,
          outputTokens: decision.estimatedOutputTokens,
        },
        durationUs: Math.max(0, wallMs - startedMs) * 1_000,
        firstTokenUs: undefined,
      },
      offering: batch.prices,
      baseline: this.#baselineOf(ended),
    });
    const record = { ...booked, reservation: false, leases: [], reserved: reservation.leases };
    return this.#note(ended, record, outcomeOf(end));
  }

  /** Nobody will ever tell what came of a line: it is booked at what was set aside. @throws OUTBOX_FULL */
  giveUp(ended: LineToNote): void {
    const { reservation } = ended;
    const { holdNanoUsd, leases } = reservation;
    const record = { ...reservation, line: LineKind.UNRESOLVED, outcome: 'unresolved', reservation: false };
    const requestOutcome = DecisionOutcome.FALLBACK_EXHAUSTED;
    const booked = { ...record, costNanoUsd: holdNanoUsd, requestOutcome, leases: [], reserved: leases };
    this.#note(ended, booked, requestOutcome);
  }

  /** By the pool as it is now; undefined where it is gone, or its baseline itself has answered. */
  #baselineOf({ decision, reservation }: EndedLine): Offering | undefined {
    const { current } = this.#context.snapshots;
    const { tenant, provider, model, occurredAt } = reservation;
    const pool = decision.pool === '' ? undefined : findPool(current.pools, { tenant, id: decision.pool });
    if (pool === undefined) return undefined;
    const of = { selector: { kind: 'pool' as const, pool }, tenant };
    const baseline = baselineOf(of, current, occurredAt?.getTime() ?? 0);
    return baseline?.provider.id === provider && baseline.model === model ? undefined : baseline;
  }

  #note(
    { decision, detail, reservation }: LineToNote,
    record: UsageRecord,
    outcome: DecisionOutcome,
  ): UsageRecord {
    const { usage, events, decisions } = this.#context;
    usage.note(record);
    events.attemptEnded(record);
    decisions.record({
      ...decision,
      outcome,
      attempts: [
        {
          attemptId: reservation.attemptId,
          provider: record.provider,
          model: record.model,
          startedAt: record.occurredAt,
          durationMs: Number(record.durationUs / 1_000n),
          outcome: record.outcome,
          httpStatus: record.httpStatus,
          detail,
          costNanoUsd: record.costNanoUsd,
          endpoint: record.endpoint,
          hedge: false,
          continuation: false,
        },
      ],
    });
    return record;
  }

  #decisionOf({ call, decided, candidate }: PlannedLine): Decision {
    const { requestId, arrivedWallMs: decidedWallMs } = call;
    const reason = `${decided.choice.reason}; in a batch of ${candidate.provider.id}, at its batch prices`;
    return decisionRecord({
      requestId,
      decided: { ...decided, choice: { ...decided.choice, reason } },
      decidedWallMs,
      ...{ attempts: [], tried: [], outran: undefined, outcome: DecisionOutcome.NOT_EXECUTED },
    });
  }
}

const outcomeOf = ({ delivered }: EndedLine['end']): DecisionOutcome =>
  delivered ? DecisionOutcome.COMPLETE : DecisionOutcome.FALLBACK_EXHAUSTED;

/** It takes nothing of any budget, nor of those that count requests: the line is asked in another one. */
const notSent = ({ reservation }: Pick<ReservedLine, 'reservation'>): UsageRecord => ({
  ...reservation,
  outcome: 'not_sent',
  reservation: false,
  leases: reservation.leases.map((use) => ({ ...use, amount: 0n })),
});

const asListed = (offering: Offering): Offering => offering;

const byItself = (why: string): LinePlan => ({ kind: 'by itself', why });
