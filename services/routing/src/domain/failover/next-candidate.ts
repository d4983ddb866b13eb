import type { ErrorClass } from '@switchyard/llm';

/** Errors that all of a provider's models are likely to share: who cannot be reached, refuses the key or wants a pause. */
const OF_PROVIDER: ReadonlySet<ErrorClass> = new Set([
  'connection',
  'timeout',
  'server_error',
  'overloaded',
  'rate_limited',
  'authentication',
  'permission',
  'quota',
]);

/** Whether an error speaks against the whole provider, and not only against the model that was asked. */
export const speaksAgainstProvider = (errorClass: ErrorClass): boolean => OF_PROVIDER.has(errorClass);

/**
 * Who is tried next: the first that is left of a provider that has not failed this request; where all have, the first.
 *
 * @param left in the order of the decision
 * @param failedProviders keys of the providers that an error spoke against
 */
export function nextCandidate<C extends { readonly provider: { readonly key: string } }>(
  left: readonly C[],
  failedProviders: ReadonlySet<string>,
): C | undefined {
  return left.find(({ provider }) => !failedProviders.has(provider.key)) ?? left[0];
}
