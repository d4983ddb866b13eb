import type { ServiceError } from '@switchyard/kernel';

/** Statuses that the official clients of OpenAI and Anthropic try again unless they are told not to. */
const triedAgain = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500;

/** Whether and when to try again, as those clients read it. Both are made by Stainless and know the same headers. */
export function errorHeaders(error: ServiceError, status: number): Record<string, string> {
  const headers: Record<string, string> = {};
  if (triedAgain(status) && !error.retryable) headers['x-should-retry'] = 'false';
  if (error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000));
    headers['retry-after-ms'] = String(Math.ceil(error.retryAfterMs));
  }
  return headers;
}
