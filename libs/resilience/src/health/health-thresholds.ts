/**
 * When a target changes state. Each way back is harder than the way down (hysteresis), so that a target at a limit
 * doesn't flap: below 95 % it degrades, and only from 98 % on is it healthy again.
 */
export interface HealthThresholds {
  /** Failures in a row → `unavailable`. Default 3 (requirement H3; Kubernetes probes' `failureThreshold`). */
  readonly unavailableFailures: number;
  /** Successes in a row, `unavailable` → `degraded`. Default 3 (HAProxy `rise` is 2; one more, as calls cost money). */
  readonly recoverySuccesses: number;
  /** Calls a success rate must rest on before it can make a state worse. Default 20 (as the breaker's). */
  readonly minimumCalls: number;
  /** Success rate below which a target is `degraded`, 0–1. Default 0.95. */
  readonly degradedBelow: number;
  /** Success rate below which it is `unhealthy`, 0–1. Default 0.8. */
  readonly unhealthyBelow: number;
  /** Success rate from which `degraded` may become `healthy`. Default 0.98. */
  readonly healthyFrom: number;
  /** Success rate from which `unhealthy` may become `degraded`. Default 0.9. */
  readonly degradedFrom: number;
  /** Successes since the state was entered that every step up needs. Default 5. */
  readonly provenSuccesses: number;
  /** How long `degraded` and `unhealthy` last at least before a step up, ms. Default 10 000: bounds flapping. */
  readonly minimumDwellMs: number;
  /** p95 latency above which a target is `degraded`, ms; undefined: latency is not judged. Default undefined. */
  readonly degradedP95Ms: number | undefined;
  /** Share of `degradedP95Ms` that p95 must be at or below to become `healthy` again. Default 0.8. */
  readonly latencyRecoveryShare: number;
}

export const DEFAULT_HEALTH_THRESHOLDS: HealthThresholds = Object.freeze({
  unavailableFailures: 3,
  recoverySuccesses: 3,
  minimumCalls: 20,
  degradedBelow: 0.95,
  unhealthyBelow: 0.8,
  healthyFrom: 0.98,
  degradedFrom: 0.9,
  provenSuccesses: 5,
  minimumDwellMs: 10_000,
  degradedP95Ms: undefined,
  latencyRecoveryShare: 0.8,
});
