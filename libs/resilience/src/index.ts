/**
 * Pure state machines for calls that may fail. Nothing here reads a clock, draws a random number or does I/O:
 * times and randomness are arguments. `nowMs` is always a monotonic time in milliseconds, and wall time is named
 * so (`wallNowMs`), so that a stepped wall clock neither opens nor closes anything.
 */
export { type BreakerOptions, DEFAULT_BREAKER_OPTIONS } from './circuit-breaker/breaker-options.ts';
export type { BreakerSnapshot, BreakerState } from './circuit-breaker/breaker-snapshot.ts';
export { CircuitBreaker } from './circuit-breaker/circuit-breaker.ts';
export type { Permit } from './circuit-breaker/permit.ts';
export { type Health, type HealthState, maintenanceHealth, untestedHealth } from './health/health.ts';
export { type HealthEvidence, healthEvidence } from './health/health-evidence.ts';
export { describeHealthReason, type HealthReason } from './health/health-reason.ts';
export { assessHealth } from './health/health-state.ts';
export { DEFAULT_HEALTH_THRESHOLDS, type HealthThresholds } from './health/health-thresholds.ts';
export { inPanic } from './health/panic-threshold.ts';
export { successRateFloor } from './health/success-rate-floor.ts';
export { type LatencyBuckets, LatencyHistogram } from './latency/latency-histogram.ts';
export { LATENCY_RELATIVE_ERROR, LATENCY_SCALE } from './latency/latency-scale.ts';
export { LatencyWindow } from './latency/latency-window.ts';
export { type Observation, parseObservation } from './latency/observation.ts';
export { ObservationRecorder } from './latency/observation-recorder.ts';
export { DEFAULT_PEAK_EWMA, decayedLatencyMs, PeakEwma, type PeakEwmaOptions } from './latency/peak-ewma.ts';
export { SuccessRate } from './latency/success-rate.ts';
export type { WindowStatistics } from './latency/window-statistics.ts';
export { Gcra, type GcraOptions } from './limits/gcra.ts';
export { GradientLimit, type GradientOptions } from './limits/gradient-limit.ts';
export { HeldSlice } from './limits/held-slice.ts';
export { PRIORITIES, type Priority, SheddingQueue } from './limits/shedding-queue.ts';
export type { Slice, SliceGrant, SlicePlan } from './limits/slice.ts';
export { SpentSlice } from './limits/spent-slice.ts';
export { type CallMark, ToldLimits, type ToldQuota } from './limits/told-limits.ts';
export { type BackoffOptions, DEFAULT_BACKOFF, fullJitterDelayMs } from './retry/full-jitter-backoff.ts';
export { HedgeBudget } from './retry/hedge-budget.ts';
export { parseHttpDate } from './retry/http-date.ts';
export { parseRetryAfter, parseRetryAfterMs, retryAfterFromHeaders } from './retry/retry-after.ts';
export { RetryBudget, type RetryBudgetOptions } from './retry/retry-budget.ts';
export { RetryGate, type RetryLeave } from './retry/retry-gate.ts';
export { RetryThrottle, type RetryThrottleOptions } from './retry/retry-throttle.ts';
