import type { Priority } from '@switchyard/resilience';

/**
 * From how late an event loop on, in milliseconds, requests are refused, by their priority. What waits for a model for seconds minds
 * half a second little; from there on what nobody waits for is done elsewhere, or later, and at last nothing more is taken on.
 */
export const MOST_LAG_MS: Readonly<Record<Priority, number>> = { low: 500, normal: 2_000, high: 5_000 };
