import { type CacheInfo, type Cost, cacheResultName, type RouteSummary } from '@switchyard/contracts/routing';

/** What of an answer is told in headers. */
export interface Told {
  readonly requestId: string;
  readonly route: RouteSummary | undefined;
  /** Known at the end: a stream tells it in its last events. */
  readonly cost?: Cost | undefined;
  /** Absent where the request is not cached. */
  readonly cache?: CacheInfo | undefined;
}

/** Switchyard's own fields beside the body, and the request's id under the name that the clients of a surface look for. */
export function answerHeaders(
  { requestId, route, cost, cache }: Told,
  { requestIdHeader }: { readonly requestIdHeader: string },
): Record<string, string> {
  const headers: Record<string, string> = {
    [requestIdHeader]: requestId,
    'x-switchyard-request-id': requestId,
  };
  if (route !== undefined) {
    headers['x-switchyard-provider'] = route.provider;
    headers['x-switchyard-model'] = headerText(route.model);
    headers['x-switchyard-fallbacks'] = String(route.fallbacks);
  }
  if (cost?.totalNanoUsd !== undefined) headers['x-switchyard-cost-nano-usd'] = String(cost.totalNanoUsd);
  if (cache !== undefined) tellCache(headers, cache);
  return headers;
}

/** `age` as caches tell it. Source: RFC 9111, 5.1 */
function tellCache(
  headers: Record<string, string>,
  { result, key, ageSeconds, savedNanoUsd, similarity }: CacheInfo,
): void {
  const name = cacheResultName(result);
  if (name !== undefined) headers['x-switchyard-cache'] = name;
  headers['x-switchyard-cache-key'] = key;
  if (ageSeconds !== undefined) headers.age = String(ageSeconds);
  if (savedNanoUsd !== undefined) headers['x-switchyard-saved-nano-usd'] = String(savedNanoUsd);
  if (similarity !== undefined) headers['x-switchyard-cache-similarity'] = similarity.toFixed(4);
}

/** Operators name models as they like; a header takes printable ASCII. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);
