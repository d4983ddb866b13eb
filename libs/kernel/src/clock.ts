/** Where time comes from. Handed in, so that pure code and tests decide what time it is. */
export interface Clock {
  /** Wall time, in milliseconds since 1970 UTC. May jump; for records, never for durations. */
  wallMs(): number;
  /** Monotonic time, in milliseconds from some start. Never goes back; for durations and deadlines. */
  monotonicMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
