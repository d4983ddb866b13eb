/** Spans of time that uptime is told for, in seconds: an hour, a day, 30 days. */
export const UPTIME_SPANS_SECONDS = [3_600, 86_400, 30 * 86_400] as const;

/** How long a provider worked within a span of time that ends now. */
export interface Uptime {
  readonly spanSeconds: number;
  /** As healthy or degraded. */
  readonly upMs: number;
  /** As unhealthy or unavailable. What is neither (not tested, in maintenance, not known yet) does not count. */
  readonly downMs: number;
}

/** Share of the time that counts, 0 to 1; undefined where none does. */
export const uptimeShare = ({ upMs, downMs }: Uptime): number | undefined =>
  upMs + downMs === 0 ? undefined : upMs / (upMs + downMs);
