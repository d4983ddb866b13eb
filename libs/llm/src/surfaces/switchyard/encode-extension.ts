import {
  type CacheInfo,
  type Cost,
  cacheResultName,
  type RouteSummary,
  type Timings,
  type Usage,
} from '@switchyard/contracts/routing';
import { formatUsd } from '@switchyard/kernel';

type Duration = NonNullable<Timings['total']>;

/** What Switchyard tells beside OpenAI's fields. */
export interface ExtensionInput {
  readonly requestId: string;
  readonly route: RouteSummary | undefined;
  readonly cost: Cost | undefined;
  readonly timings: Timings | undefined;
  readonly usage: Usage | undefined;
  readonly providerModel: string;
  /** Who went on with a stream that had broken off. Default: nobody. */
  readonly continuedBy?: readonly string[];
  /** Absent where the request is not cached. */
  readonly cache?: CacheInfo | undefined;
}

/** The `switchyard` object of an answer. Money is text: exact, and safe from floating point. Unknown is absent. */
export function encodeExtension({
  requestId,
  route,
  cost,
  timings,
  usage,
  providerModel,
  cache,
  continuedBy = [],
}: ExtensionInput): object {
  return {
    request_id: requestId,
    provider: route?.provider,
    endpoint: route?.endpoint || undefined,
    model: route?.model,
    provider_model: providerModel === '' ? undefined : providerModel,
    reason: route?.reason,
    confidence: route?.confidence,
    alternatives: route?.alternatives,
    fallbacks: route?.fallbacks,
    continued_by: continuedBy.length === 0 ? undefined : continuedBy,
    cost: cost && encodeCost(cost),
    usage_estimated: usage?.estimated,
    timings_ms: timings && {
      total: milliseconds(timings.total),
      first_token: milliseconds(timings.firstToken),
      overhead: milliseconds(timings.overhead),
    },
    cache: cache && encodeCache(cache),
  };
}

function encodeCost({ totalNanoUsd, componentsNanoUsd, priceVersion, estimated }: Cost): object {
  return {
    total_usd: totalNanoUsd === undefined ? undefined : formatUsd(totalNanoUsd),
    total_nano_usd: totalNanoUsd?.toString(),
    components_nano_usd: Object.fromEntries(
      Object.entries(componentsNanoUsd).map(([kind, amount]) => [kind, amount.toString()]),
    ),
    price_version: priceVersion === '' ? undefined : priceVersion,
    estimated,
  };
}

function encodeCache(cache: CacheInfo): object {
  const { result, key, ageSeconds, savedNanoUsd, answeredRequestId, similarity, matchedKey } = cache;
  return {
    result: cacheResultName(result),
    key,
    age_seconds: ageSeconds,
    saved_usd: savedNanoUsd === undefined ? undefined : formatUsd(savedNanoUsd),
    saved_nano_usd: savedNanoUsd?.toString(),
    answered_request_id: answeredRequestId || undefined,
    similarity,
    matched_key: matchedKey || undefined,
  };
}

function milliseconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
