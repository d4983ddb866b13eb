import type { Health } from './health.ts';
import type { HealthEvidence } from './health-evidence.ts';
import { worse } from './health-fall.ts';
import { better } from './health-rise.ts';
import { DEFAULT_HEALTH_THRESHOLDS, type HealthThresholds } from './health-thresholds.ts';

/**
 * The next health of a target: the same object when nothing changes.
 *
 * ```
 *              first success            <95 %, slow, outlier           <80 %
 *   not_tested ────────────▶ healthy ────────────────────▶ degraded ───────────▶ unhealthy
 *                               ◀──── ≥98 % and proven ─────┘ ▲ ▲ ◀── ≥90 % and proven ──┘
 *   any of these ── 3 failures in a row ──▶ unavailable ──────┘ 3 successes in a row
 * ```
 *
 * A target gets worse at once, as bad as the evidence says, and better one state at a time, each step with evidence
 * gathered since the last. Without evidence it stays as it is. Maintenance is the operator's and stays.
 */
export function assessHealth({
  health,
  evidence,
  nowMs,
  thresholds = DEFAULT_HEALTH_THRESHOLDS,
}: {
  health: Health;
  evidence: HealthEvidence;
  nowMs: number;
  thresholds?: HealthThresholds;
}): Health {
  const next = worse({ health, evidence, thresholds }) ?? better({ health, evidence, thresholds, nowMs });
  return next === undefined ? health : { ...next, sinceMs: nowMs };
}
