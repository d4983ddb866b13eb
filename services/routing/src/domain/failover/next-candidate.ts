import type { ErrorClass } from '@switchyard/llm';

/** Errors that all of a provider's models are likely to share, by whatever endpoint they are reached. */
const OF_PROVIDER: ReadonlySet<ErrorClass> = new Set(['timeout', 'server_error', 'overloaded']);

/** Errors of the address or the account: of all models that are reached so. Another endpoint has others of its own. */
const OF_ENDPOINT: ReadonlySet<ErrorClass> = new Set([
  'connection',
  'rate_limited',
  'authentication',
  'permission',
  'quota',
]);

/** So many endpoints of a provider are tried in a row; after them another provider is the better bet. */
const TRIED_ENDPOINTS = 2;

/** Which way to which provider was taken. */
interface Reach {
  readonly key: string;
  readonly endpoint: { readonly id: string } | undefined;
}

/** What has failed one request. */
export interface Failures {
  /** Keys of the providers that an error spoke against. */
  readonly providers: ReadonlySet<string>;
  /** Provider key → ids of its endpoints that failed. */
  readonly endpoints: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Before anything has failed. */
export const NO_FAILURES: Failures = { providers: new Set(), endpoints: new Map() };

/**
 * Takes note of an error. What is about the provider, or about the only way to it, speaks against the provider; else against
 * the endpoint, of which two are enough. What is about one model speaks against neither, where the provider has no endpoints;
 * where it has, the model may be at another one of them.
 */
export function withFailure(failures: Failures, { key, endpoint }: Reach, errorClass: ErrorClass): Failures {
  const { providers, endpoints } = failures;
  const against = { ...failures, providers: new Set([...providers, key]) };
  if (OF_PROVIDER.has(errorClass)) return against;
  if (endpoint === undefined) return OF_ENDPOINT.has(errorClass) ? against : failures;
  const failed = new Set([...(endpoints.get(key) ?? []), endpoint.id]);
  const isEnough = failed.size >= TRIED_ENDPOINTS;
  return {
    providers: isEnough ? against.providers : providers,
    endpoints: new Map([...endpoints, [key, failed]]),
  };
}

/**
 * Who is tried next: the first that is left of a provider and endpoint that have not failed this request; else the first of an
 * endpoint that has not; else the first.
 *
 * @param left in the order of the decision
 */
export function nextCandidate<C extends { readonly provider: Reach }>(
  left: readonly C[],
  { providers, endpoints }: Failures,
): C | undefined {
  const isUntried = ({ provider: { key, endpoint } }: C) => {
    const failed = endpoints.get(key);
    return failed === undefined || endpoint === undefined || !failed.has(endpoint.id);
  };
  return (
    left.find((one) => !providers.has(one.provider.key) && isUntried(one)) ??
    left.find((one) => one.provider.endpoint !== undefined && isUntried(one)) ??
    left[0]
  );
}
