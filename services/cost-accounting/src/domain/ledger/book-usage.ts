import { type LeaseUse as LeaseUseMessage, LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { CacheResult, cacheResultName, DecisionOutcome, Purpose } from '@switchyard/contracts/routing';
import type { NanoUsd } from '@switchyard/kernel';
import type { LeaseUse, LedgerEntry, LedgerLine } from './ledger-entry.ts';

/** Lines by the number a record carries. A record with any other is not booked. */
export const LEDGER_LINES: ReadonlyMap<number, LedgerLine> = new Map<number, LedgerLine>([
  [LineKind.CHARGE, 'charge'],
  [LineKind.WASTE, 'waste'],
  [LineKind.UNRESOLVED, 'unresolved'],
]);

const PURPOSES: ReadonlyMap<number, string> = new Map<number, string>([
  [Purpose.UNSPECIFIED, 'user_request'],
  [Purpose.USER_REQUEST, 'user_request'],
  [Purpose.PROBE, 'probe'],
  [Purpose.SEMANTIC_CACHE, 'semantic_cache'],
]);

const REQUEST_OUTCOMES: ReadonlyMap<number, string> = new Map<number, string>([
  [DecisionOutcome.COMPLETE, 'complete'],
  [DecisionOutcome.FALLBACK_SUCCESS, 'fallback_success'],
  [DecisionOutcome.FALLBACK_EXHAUSTED, 'fallback_exhausted'],
  [DecisionOutcome.REFUSED, 'refused'],
  [DecisionOutcome.CANCELLED, 'cancelled'],
  [DecisionOutcome.BROKEN_STREAM, 'broken_stream'],
  [DecisionOutcome.NOT_EXECUTED, 'not_executed'],
  [DecisionOutcome.CACHED, 'cached'],
]);

/** A record as the transfer it is: from the tenant to the provider. */
export function bookUsage(
  record: UsageRecord,
  { line, occurredAtMs }: { line: LedgerLine; occurredAtMs: number },
): LedgerEntry {
  const { usage, prices } = record;
  return {
    occurredAtMs,
    tenant: record.tenant,
    line: lineOf(record, line),
    debitAccount: `tenant:${record.tenant}`,
    creditAccount: `provider:${record.provider}`,
    amountNanoUsd: record.costNanoUsd as NanoUsd | undefined,
    componentsNanoUsd: record.componentsNanoUsd,
    holdNanoUsd: record.holdNanoUsd as NanoUsd | undefined,
    priceVersion: prices?.priceVersion ?? '',
    prices,
    requestId: record.requestId,
    attemptId: record.attemptId,
    attemptIndex: record.attemptIndex,
    agent: record.agent,
    workflow: record.workflow,
    service: record.service,
    keyId: record.keyId,
    labels: record.labels,
    provider: record.provider,
    model: record.model,
    requestedModel: record.requestedModel,
    purpose: PURPOSES.get(record.purpose) ?? `purpose_${record.purpose}`,
    outcome: record.outcome,
    requestOutcome: nameOfOutcome(record.requestOutcome),
    usage,
    // How long a provider has a batch says nothing of how long calls take.
    durationUs: line === 'unresolved' || record.batch ? undefined : record.durationUs,
    firstTokenUs: record.firstTokenUs,
    overheadUs: record.overheadUs,
    stream: record.stream,
    replica: record.replica,
    region: record.region,
    httpStatus: record.httpStatus,
    simulated: record.simulated,
    traceparent: record.traceparent,
    cache: nameOfCache(record.cache),
    savedNanoUsd: record.savedNanoUsd as NanoUsd | undefined,
    ...leasesOf(record),
  };
}

function lineOf({ reservation, costNanoUsd, holdNanoUsd }: UsageRecord, line: LedgerLine): LedgerLine {
  if (reservation) return 'reserved';
  const isAbove = costNanoUsd !== undefined && holdNanoUsd !== undefined && costNanoUsd > holdNanoUsd;
  return line === 'charge' && isAbove ? 'overdraft' : line;
}

const leasesOf = ({ leases, batch, reserved }: UsageRecord) => ({
  leases: leases.map(leaseUseOf),
  batch,
  reserved: reserved.map(leaseUseOf),
});

const leaseUseOf = ({ budget, windowStartMs, amount }: LeaseUseMessage): LeaseUse => ({
  budget: Number(budget),
  startMs: Number(windowStartMs),
  amount,
});

/** An outcome that a newer routing knows still counts as the end of a request. */
function nameOfOutcome(outcome: number): string | undefined {
  if (outcome === DecisionOutcome.UNSPECIFIED) return undefined;
  return REQUEST_OUTCOMES.get(outcome) ?? `outcome_${outcome}`;
}

/** A store of answers that a newer routing knows still is one. */
function nameOfCache(cache: CacheResult): string {
  if (cache === CacheResult.UNSPECIFIED) return '';
  return cacheResultName(cache) ?? `cache_${cache}`;
}
