import { isAlertingId, isOrdered, type Severity } from '@switchyard/alerting';
import { AlertSeverity } from '@switchyard/contracts/alert';
import {
  HealthState,
  AlertMetric as Metric,
  type AlertRule as RuleMessage,
} from '@switchyard/contracts/health';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import type { AlertMetric, AlertRule } from './alert-rule.ts';
import { stateLevel } from './state-level.ts';

const METRICS: ReadonlyMap<Metric, AlertMetric> = new Map([
  [Metric.ERROR_RATE, 'error_rate'],
  [Metric.LATENCY_P50, 'latency_p50'],
  [Metric.LATENCY_P95, 'latency_p95'],
  [Metric.LATENCY_P99, 'latency_p99'],
  [Metric.AVAILABILITY, 'availability'],
  [Metric.STATE, 'state'],
]);
const SEVERITIES: ReadonlyMap<AlertSeverity, Severity> = new Map([
  [AlertSeverity.INFO, 'info'],
  [AlertSeverity.WARNING, 'warning'],
  [AlertSeverity.CRITICAL, 'critical'],
]);
const WORST: ReadonlyMap<HealthState, number> = new Map([
  [HealthState.DEGRADED, stateLevel('degraded') ?? 0],
  [HealthState.UNHEALTHY, stateLevel('unhealthy') ?? 0],
  [HealthState.UNAVAILABLE, stateLevel('unavailable') ?? 0],
]);
const MAX_MS = 86_400_000;
const MAX_RECEIVERS = 16;

/** A rule with everything said that was left out. */
export function withDefaults(rule: RuleMessage): RuleMessage {
  const severity = rule.severity === AlertSeverity.UNSPECIFIED ? AlertSeverity.WARNING : rule.severity;
  const { forSeconds = 60, resolveForSeconds = 60 } = rule;
  const said = { ...rule, severity, forSeconds, resolveForSeconds };
  if (rule.metric === Metric.STATE) return said;
  const { windowSeconds = 60, minRequests = 1, resolveThreshold = rule.threshold } = rule;
  return { ...said, windowSeconds, minRequests, resolveThreshold };
}

/** Reads a rule in which everything is said; what is wrong with it is named by its field. */
export function readAlertRule(rule: RuleMessage): Result<AlertRule, FieldViolation> {
  const metric = METRICS.get(rule.metric);
  const severity = SEVERITIES.get(rule.severity);
  if (!isAlertingId(rule.id)) return wrong('id', 'must be 1 to 64 characters of a-z 0-9 -');
  if (rule.provider.length > 128) return wrong('provider', 'must have at most 128 characters');
  if (metric === undefined) return wrong('metric', 'must be one of ALERT_METRIC_…');
  if (severity === undefined) return wrong('severity', 'must be one of ALERT_SEVERITY_…');
  const { windowSeconds = 60, minRequests = 1, forSeconds = 0, resolveForSeconds = 0, receivers } = rule;
  if (windowSeconds < 10 || windowSeconds > 300) return wrong('window_seconds', 'must be from 10 to 300');
  if (minRequests < 1 || minRequests > 1_000_000) return wrong('min_requests', 'must be from 1 to 1000000');
  if (forSeconds > 86_400) return wrong('for_seconds', 'must be from 0 to 86400');
  if (resolveForSeconds > 86_400) return wrong('resolve_for_seconds', 'must be from 0 to 86400');
  if (receivers.length > MAX_RECEIVERS) return wrong('receivers', `must be at most ${MAX_RECEIVERS}`);
  if (new Set(receivers).size < receivers.length) return wrong('receivers', 'must be named once each');
  const condition = metric === 'state' ? readState(rule) : readThresholds(rule, metric);
  if (!condition.ok) return condition;
  return ok({
    ...{
      id: rule.id,
      tenant: rule.tenant,
      provider: rule.provider,
      metric,
      severity,
      receivers,
      minRequests,
    },
    condition: condition.value,
    windowMs: windowSeconds * 1_000,
    timing: { forMs: forSeconds * 1_000, resolveForMs: resolveForSeconds * 1_000 },
    isDisabled: rule.disabled,
  });
}

type Condition = Result<AlertRule['condition'], FieldViolation>;

function readState({
  worstState,
  threshold,
  resolveThreshold,
  windowSeconds,
  minRequests,
}: RuleMessage): Condition {
  const level = WORST.get(worstState);
  if (level === undefined) return wrong('worst_state', 'must be DEGRADED, UNHEALTHY or UNAVAILABLE');
  const unused = {
    threshold,
    resolve_threshold: resolveThreshold,
    window_seconds: windowSeconds,
    min_requests: minRequests,
  };
  const named = Object.entries(unused).find(([, value]) => value !== undefined);
  if (named !== undefined) return wrong(named[0], 'is not for ALERT_METRIC_STATE');
  return ok({ bad: 'from', threshold: level, resolveThreshold: level });
}

function readThresholds(
  { worstState, threshold, resolveThreshold }: RuleMessage,
  metric: AlertMetric,
): Condition {
  if (worstState !== HealthState.UNSPECIFIED) return wrong('worst_state', 'is for ALERT_METRIC_STATE alone');
  const isLatency = metric.startsWith('latency');
  const max = isLatency ? MAX_MS : 1;
  const isFit = (value: number | undefined): value is number =>
    value !== undefined && value >= 0 && value <= max;
  const needed = isLatency ? `must be from 0 to ${max} milliseconds` : 'must be a share from 0 to 1';
  if (!isFit(threshold)) return wrong('threshold', needed);
  if (!isFit(resolveThreshold)) return wrong('resolve_threshold', needed);
  const condition = {
    bad: metric === 'availability' ? 'below' : 'from',
    threshold,
    resolveThreshold,
  } as const;
  if (!isOrdered(condition)) return wrong('resolve_threshold', 'must be on the good side of the threshold');
  return ok(condition);
}

const wrong = (field: string, description: string) => err({ field: `rule.${field}`, description });
