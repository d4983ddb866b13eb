import { type AlertNotice, type AlertPhase, judgeValue, QUIET, stepAlert } from '@switchyard/alerting';
import type { ProviderName } from '../provider-key.ts';
import type { AlertRule } from './alert-rule.ts';
import { describeValue, type Measured, measure } from './measure.ts';

/** An alert that is pending or fires, as it is kept. */
export interface OpenAlert {
  readonly id: string;
  /** Owner of the rule. */
  readonly tenant: string;
  readonly rule: string;
  readonly provider: ProviderName;
  readonly phase: Exclude<AlertPhase, { kind: 'quiet' }>;
  /** What was measured when the phase last changed. */
  readonly value: number | undefined;
  /** What was told when it fired; undefined while it is pending. */
  readonly notice: AlertNotice | undefined;
  /** Who was told. */
  readonly receivers: readonly string[];
}

/** What is to be kept, and told: all of it or nothing. */
export type AlertChange =
  /** It has begun, or waits otherwise than before; nobody is told. */
  | { readonly kind: 'kept'; readonly alert: OpenAlert }
  | { readonly kind: 'fired'; readonly alert: OpenAlert; readonly notice: AlertNotice }
  | { readonly kind: 'resolved'; readonly alert: OpenAlert; readonly notice: AlertNotice }
  /** It was bad for too short. */
  | { readonly kind: 'dropped'; readonly alert: OpenAlert };

/** A provider that can be watched. */
export interface WatchedForAlerts extends ProviderName, Measured {}

export interface AlertsNow {
  readonly rules: readonly AlertRule[];
  readonly open: readonly OpenAlert[];
  readonly providers: readonly WatchedForAlerts[];
  /** Wall milliseconds. */
  readonly nowMs: number;
  readonly newId: () => string;
}

/** What changes about alerts now. What is no longer watched ends at once. */
export function nextAlerts({ rules, open, providers, nowMs, newId }: AlertsNow): readonly AlertChange[] {
  const changes: AlertChange[] = [];
  const left = new Map(open.map((alert) => [keyOf(alert.tenant, alert.rule, alert.provider), alert]));
  for (const rule of rules) {
    for (const provider of providers) {
      if (!watches(rule, provider)) continue;
      const key = keyOf(rule.tenant, rule.id, provider);
      const change = step(rule, provider, { known: left.get(key), nowMs, newId });
      left.delete(key);
      if (change !== undefined) changes.push(change);
    }
  }
  for (const alert of left.values()) changes.push(unwatched(alert, nowMs));
  return changes;
}

const keyOf = (...[tenant, rule, provider]: [string, string, ProviderName]): string =>
  [tenant, rule, provider.tenant, provider.provider].join('\n');

function watches(rule: AlertRule, { tenant, provider, state }: WatchedForAlerts): boolean {
  if (rule.isDisabled || state === 'maintenance') return false;
  return (rule.provider === '' || rule.provider === provider) && (tenant === '' || tenant === rule.tenant);
}

interface Known {
  readonly known: OpenAlert | undefined;
  readonly nowMs: number;
  readonly newId: () => string;
}

function step(
  rule: AlertRule,
  provider: WatchedForAlerts,
  { known, nowMs, newId }: Known,
): AlertChange | undefined {
  const value = measure(rule, provider);
  const before = known?.phase ?? QUIET;
  const verdict = judgeValue(value, rule.condition);
  const { phase, event } = stepAlert(before, verdict, { ...rule.timing, nowMs });
  if (phase.kind === 'quiet') {
    if (known === undefined) return undefined;
    if (event !== 'resolved' || known.notice === undefined) return { kind: 'dropped', alert: known };
    const summary = describeValue(rule, value);
    return { kind: 'resolved', alert: known, notice: endOf(known.notice, { summary, value, nowMs }) };
  }
  const { tenant, id } = rule;
  const named = known ?? {
    id: newId(),
    tenant,
    rule: id,
    provider: nameOf(provider),
    notice: undefined,
    receivers: [],
  };
  const alert: OpenAlert = { ...named, phase, value };
  if (event === 'fired') {
    const notice = noticeOf(rule, alert, nowMs);
    return { kind: 'fired', alert: { ...alert, notice, receivers: rule.receivers }, notice };
  }
  return isSamePhase(before, phase) ? undefined : { kind: 'kept', alert };
}

const nameOf = ({ tenant, provider }: ProviderName): ProviderName => ({ tenant, provider });

const isSamePhase = (a: AlertPhase, b: AlertPhase): boolean =>
  a.kind === b.kind && (a.kind !== 'firing' || b.kind !== 'firing' || a.goodSinceMs === b.goodSinceMs);

function unwatched(alert: OpenAlert, nowMs: number): AlertChange {
  if (alert.notice === undefined) return { kind: 'dropped', alert };
  const summary =
    'no longer watched: the provider is gone or in maintenance, or the rule is gone or disabled';
  return { kind: 'resolved', alert, notice: endOf(alert.notice, { summary, value: undefined, nowMs }) };
}

function noticeOf(rule: AlertRule, { id, provider, value }: OpenAlert, nowMs: number): AlertNotice {
  return {
    ...{ event: 'firing', alertId: id, source: 'health-probe', tenant: rule.tenant, rule: rule.id },
    ...{ severity: rule.severity, metric: rule.metric, value, threshold: rule.condition.threshold },
    subject: { provider: provider.provider, ...(provider.tenant === '' ? {} : { tenant: provider.tenant }) },
    summary: describeValue(rule, value),
    ...{ firedAtMs: nowMs, resolvedAtMs: undefined },
  };
}

const endOf = (
  notice: AlertNotice,
  { nowMs, ...now }: { readonly summary: string; readonly value: number | undefined; readonly nowMs: number },
): AlertNotice => ({ ...notice, ...now, event: 'resolved', resolvedAtMs: nowMs });
