import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import {
  type CacheInfo,
  CacheResult,
  type CompleteResponse,
  type Cost,
  DecisionOutcome,
  type RouteSummary,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { uuidV7 } from '@switchyard/kernel';
import { deltasOfMessage } from '@switchyard/llm';
import type { NearQuestion } from '../cache/known-questions.ts';
import type { CachedKind } from '../domain/cache/cache-key.ts';
import type { CacheRules } from '../domain/cache/cache-rules.ts';
import { type KeptResponses, savedBy } from '../domain/cache/kept-answer.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { PipelineContext } from '../ports.ts';
import type { AskedCall } from './ask-request.ts';
import { downgradeRecord } from './decision-record.ts';
import { durationOf } from './duration-of.ts';
import { NOT_IN_A_BATCH, recordOfRequest } from './record-of-request.ts';
import type { SemanticSearch } from './semantic-search.ts';

/** A request that may be cached. */
export interface CachedCall<Kind extends CachedKind = CachedKind> {
  readonly asked: AskedCall<Kind>;
  readonly rules: CacheRules;
  readonly key: string;
  /** What the tenant's epoch in memory was when it came. */
  readonly epoch: number;
  /** Looks for a question that means nearly the same; undefined where nobody does. */
  readonly search?: SemanticSearch | undefined;
}

/** An answer that is given again. */
export interface Hit<Response extends AnsweredOnce = AnsweredOnce> {
  readonly response: Response;
  /** In milliseconds. */
  readonly ageMs: number;
  /** Who made it. */
  readonly offering: Offering;
  readonly result: CacheResult;
  /** The question that it was made for, where that is another one. */
  readonly matched?: NearQuestion;
}

/** What is told and booked of an answer that is given again. */
export type AnsweredOnce = Pick<CompleteResponse, 'requestId' | 'route' | 'cost'>;

/** What the caller is told of a hit. */
export const infoOfHit = (
  key: string,
  { response, ageMs, result, matched }: Omit<Hit, 'offering'>,
): CacheInfo => ({
  result,
  key,
  ageSeconds: result === CacheResult.JOINED ? undefined : Math.floor(ageMs / 1_000),
  savedNanoUsd: savedBy(response.cost),
  answeredRequestId: response.requestId,
  similarity: matched?.similarity,
  matchedKey: matched?.key ?? '',
});

interface Booked {
  readonly stream: boolean;
  readonly context: PipelineContext;
  /** Default: it was answered. */
  readonly outcome?: DecisionOutcome;
}

/** Writes down that a request was answered without a call. @throws OUTBOX_FULL */
export function bookHit(
  { asked }: CachedCall,
  { response, offering, cache }: Pick<Hit, 'response' | 'offering'> & { readonly cache: CacheInfo },
  { stream, context, outcome = DecisionOutcome.CACHED }: Booked,
): void {
  const durationMs = context.clock.monotonicMs() - asked.arrivedAtMs;
  const { replica } = context;
  context.usage.note(recordOfHit({ asked, cache, offering, stream, durationMs, replica, outcome }));
  context.events.requestEnded({ outcome, durationMs, stream });
  context.events.cacheUsed(cache);
  context.cacheStatistics.count(asked.tenant, cache);
  context.decisions.record({
    requestId: asked.requestId,
    tenant: asked.tenant,
    decidedAt: new Date(asked.arrivedWallMs),
    requestedModel: asked.operation.request.model,
    snapshotVersion: asked.snapshot.version,
    priceVersion: asked.snapshot.priceVersion,
    strategy: asked.understood.strategy,
    requirements: asked.understood.requirements,
    seed: 0n,
    propensity: 0,
    candidates: [],
    candidatesOmitted: 0,
    route: routeOfHit(response.route, cache),
    attempts: [],
    outcome,
    estimatedInputTokens: 0,
    estimatedOutputTokens: 0,
    samplePermille: 1000,
    pool: asked.understood.selector.kind === 'pool' ? asked.understood.selector.pool.id : '',
    compositeWeights: undefined,
    fittingCount: undefined,
    reason: '',
    experiment: asked.division.given?.experiment ?? '',
    variant: asked.division.given?.variant ?? '',
    cache,
    downgrade: asked.downgrade && downgradeRecord(asked.downgrade),
  });
}

interface RecordedHit {
  readonly asked: AskedCall<CachedKind>;
  readonly cache: CacheInfo;
  readonly offering: Offering;
  readonly stream: boolean;
  readonly durationMs: number;
  readonly replica: string;
  readonly outcome: DecisionOutcome;
}

/** Nothing was used. */
function recordOfHit({
  asked,
  cache,
  offering: { provider, model },
  stream,
  durationMs,
  replica,
  outcome,
}: RecordedHit): UsageRecord {
  const { requestId, tenant, arrivedWallMs } = asked;
  const durationUs = BigInt(Math.round(durationMs * 1_000));
  return {
    ...recordOfRequest({ requestId, tenant, call: asked, stream, replica }),
    attemptId: uuidV7(arrivedWallMs),
    attemptIndex: 0,
    occurredAt: new Date(arrivedWallMs),
    provider: provider.id,
    model,
    line: LineKind.CHARGE,
    outcome: 'ok',
    requestOutcome: outcome,
    usage: undefined,
    prices: undefined,
    costNanoUsd: 0n,
    componentsNanoUsd: {},
    holdNanoUsd: undefined,
    durationUs,
    firstTokenUs: durationUs,
    overheadUs: durationUs,
    traceparent: '',
    region: provider.region,
    httpStatus: 0,
    simulated: provider.simulated,
    endpoint: '',
    cache: cache.result,
    savedNanoUsd: cache.savedNanoUsd,
    leases: [],
    ...NOT_IN_A_BATCH,
  };
}

/** What an answer costs for which nobody was called. */
export const NO_COST: Cost = Object.freeze({
  totalNanoUsd: 0n,
  componentsNanoUsd: {},
  priceVersion: '',
  estimated: false,
});

/** The answer as this caller gets it: who made it, but at no cost, and in the time that it took now. */
export function responseOfHit<Kind extends CachedKind>(
  asked: AskedCall<Kind>,
  response: KeptResponses[Kind],
  { cache, nowMs }: { readonly cache: CacheInfo; readonly nowMs: number },
): KeptResponses[Kind] {
  const took = durationOf(nowMs - asked.arrivedAtMs);
  const told = {
    requestId: asked.requestId,
    cost: NO_COST,
    route: routeOfHit(response.route, cache),
    timings: { total: took, firstToken: took, overhead: took },
    cache,
  };
  return { ...response, ...told };
}

/** Who made an answer, and why nobody was called now. */
export function routeOfHit(
  route: RouteSummary | undefined,
  { result, ageSeconds, answeredRequestId, similarity }: CacheInfo,
): RouteSummary | undefined {
  if (route === undefined) return undefined;
  const asked =
    similarity === undefined ? '' : `, which asked nearly the same (similarity ${similarity.toFixed(3)})`;
  const reason =
    result === CacheResult.JOINED
      ? `joined request ${answeredRequestId}, which asked the same`
      : `from the cache: made for request ${answeredRequestId} ${ageSeconds} s before${asked}`;
  return { ...route, reason, alternatives: [], fallbacks: 0 };
}

/** A whole answer as a stream tells it. */
export function* piecesOf(
  response: KeptResponses['chat'],
): Generator<StreamCompleteResponse, void, undefined> {
  const { requestId, route, usage, message, cache, finishReason, cost, timings, providerModel } = response;
  yield {
    event: { $case: 'started', value: { requestId, route, usage, replayed: false, cache } },
  };
  if (message !== undefined)
    for (const value of deltasOfMessage(message)) yield { event: { $case: 'delta', value } };
  yield {
    event: {
      $case: 'finished',
      value: { finishReason, usage, cost, timings, providerModel, continuedBy: [] },
    },
  };
}
