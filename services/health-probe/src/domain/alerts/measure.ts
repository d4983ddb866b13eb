import { unreachable } from '@switchyard/kernel';
import type { HealthState, WindowStatistics } from '@switchyard/resilience';
import type { AlertRule } from './alert-rule.ts';
import { stateLevel, stateOfLevel } from './state-level.ts';

/** What a provider is measured by. */
export interface Measured {
  readonly state: HealthState;
  /** Of the last so many milliseconds. */
  statistics(windowMs: number): WindowStatistics;
}

/** What a rule measures now; undefined where it is not known. */
export function measure(
  { metric, windowMs, minRequests }: AlertRule,
  { state, statistics }: Measured,
): number | undefined {
  if (metric === 'state') return stateLevel(state);
  const { calls, successRate, availability, latencyMs } = statistics(windowMs);
  if (calls < minRequests) return undefined;
  switch (metric) {
    case 'error_rate':
      return successRate === undefined ? undefined : 1 - successRate;
    case 'availability':
      return availability;
    case 'latency_p50':
      return latencyMs?.p50;
    case 'latency_p95':
      return latencyMs?.p95;
    case 'latency_p99':
      return latencyMs?.p99;
    default:
      return unreachable(metric);
  }
}

/** A value and what it is measured against, for people: "error rate 80 % over 60 s (bad from 50 % on)". */
export function describeValue(rule: AlertRule, value: number | undefined): string {
  const { metric, windowMs, condition } = rule;
  const measured = `${metric.replaceAll('_', ' ')} ${value === undefined ? 'not known' : inWords(rule, value)}`;
  const over = metric === 'state' ? '' : ` over ${windowMs / 1_000} s`;
  const limit = inWords(rule, condition.threshold);
  return `${measured}${over} (bad ${condition.bad === 'below' ? `below ${limit}` : `from ${limit} on`})`;
}

function inWords({ metric }: AlertRule, value: number): string {
  if (metric === 'state') return stateOfLevel(value);
  return metric.startsWith('latency') ? `${Math.round(value)} ms` : `${Math.round(value * 1_000) / 10} %`;
}
