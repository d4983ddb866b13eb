import type { Cost, RouteSummary } from '@switchyard/contracts/routing';

/** What of an answer is told in headers. */
export interface Told {
  readonly requestId: string;
  readonly route: RouteSummary | undefined;
  /** Known at the end: a stream tells it in its last events. */
  readonly cost?: Cost | undefined;
}

/** Switchyard's own fields beside the body, and the request's id under the name that the clients of a surface look for. */
export function answerHeaders(
  { requestId, route, cost }: Told,
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
  return headers;
}

/** Operators name models as they like; a header takes printable ASCII. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);
