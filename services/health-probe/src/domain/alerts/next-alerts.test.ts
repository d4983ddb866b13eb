import type { HealthState, WindowStatistics } from '@switchyard/resilience';
import { expect, test } from 'vitest';
import type { AlertRule } from './alert-rule.ts';
import { describeValue, measure } from './measure.ts';
import { type AlertChange, nextAlerts, type OpenAlert, type WatchedForAlerts } from './next-alerts.ts';

const RULE: AlertRule = {
  ...{ id: 'errors', tenant: '', provider: '', metric: 'error_rate', windowMs: 60_000, minRequests: 1 },
  condition: { bad: 'from', threshold: 0.5, resolveThreshold: 0.2 },
  timing: { forMs: 0, resolveForMs: 0 },
  ...{ severity: 'critical', receivers: ['ops'], isDisabled: false },
};

const seen = (more: Partial<WindowStatistics>): WindowStatistics => ({
  ...{ calls: 10, successes: 0, failures: 0, successRate: 1, availability: 1, meanTotalLatencyMs: undefined },
  ...{
    latencyMs: { p50: 1, p95: 2, p99: 3 },
    failuresByClass: {},
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
  },
  ...{ lastSuccessAtMs: undefined, lastFailureAtMs: undefined },
  ...more,
});

const provider = (
  state: HealthState,
  more: Partial<WindowStatistics> = {},
  tenant = '',
): WatchedForAlerts => ({
  ...{ tenant, provider: 'p', state },
  statistics: () => seen(more),
});
const BAD = provider('healthy', { successRate: 0.2 });
const GOOD = provider('healthy', { successRate: 1 });

function next(
  providers: readonly WatchedForAlerts[],
  {
    rules = [RULE],
    open = [],
    nowMs = 1_000,
  }: { rules?: AlertRule[]; open?: OpenAlert[]; nowMs?: number } = {},
): readonly AlertChange[] {
  let id = 0;
  return nextAlerts({ rules, open, providers, nowMs, newId: () => `a${++id}` });
}
const kinds = (changes: readonly AlertChange[]) => changes.map(({ kind }) => kind);
const fired = (): OpenAlert => (next([BAD])[0] as AlertChange).alert;

test.each<[AlertRule['metric'], Partial<WindowStatistics>, HealthState, number | undefined]>([
  ['error_rate', { successRate: 0.25 }, 'healthy', 0.75],
  ['error_rate', { successRate: undefined, calls: 0 }, 'healthy', undefined],
  ['availability', { availability: 0.5 }, 'healthy', 0.5],
  ['latency_p50', {}, 'healthy', 1],
  ['latency_p95', {}, 'healthy', 2],
  ['latency_p99', {}, 'healthy', 3],
  ['latency_p99', { latencyMs: undefined }, 'healthy', undefined],
  ['state', { calls: 0 }, 'unavailable', 3],
  ['state', {}, 'healthy', 0],
  ['state', {}, 'not_tested', undefined],
])('H6: %s of %o in the state %s is %s', (metric, statistics, state, value) => {
  expect(measure({ ...RULE, metric }, provider(state, statistics))).toBe(value);
});

test('H6: with fewer calls than a rule needs nothing is known', () => {
  expect(measure({ ...RULE, minRequests: 11 }, BAD)).toBeUndefined();
});

test('H6: what is told names the value, the span and the limit', () => {
  expect(describeValue(RULE, 0.8)).toBe('error rate 80 % over 60 s (bad from 50 % on)');
  const state: AlertRule = {
    ...RULE,
    metric: 'state',
    condition: { bad: 'from', threshold: 3, resolveThreshold: 3 },
  };
  expect(describeValue(state, 3)).toBe('state unavailable (bad from unavailable on)');
  const slow: AlertRule = {
    ...RULE,
    metric: 'latency_p95',
    condition: { bad: 'from', threshold: 900, resolveThreshold: 900 },
  };
  expect(describeValue(slow, 1_234.5)).toBe('latency p95 1235 ms over 60 s (bad from 900 ms on)');
});

test('H6: a bad provider fires, with whom to tell; nothing more is said while it stays so', () => {
  const [change] = next([BAD]);
  expect(change).toMatchObject({
    kind: 'fired',
    alert: { id: 'a1', rule: 'errors', receivers: ['ops'], provider: { provider: 'p', tenant: '' } },
    notice: { event: 'firing', alertId: 'a1', severity: 'critical', value: 0.8, firedAtMs: 1_000 },
  });
  expect(next([BAD], { open: [fired()], nowMs: 2_000 })).toEqual([]);
});

test('H6: its end is told to those who were told of it, whoever the rule names now', () => {
  const [change] = next([GOOD], {
    open: [fired()],
    rules: [{ ...RULE, receivers: ['others'] }],
    nowMs: 2_000,
  });
  expect(change).toMatchObject({
    kind: 'resolved',
    alert: { receivers: ['ops'] },
    notice: { event: 'resolved', alertId: 'a1', value: 0, firedAtMs: 1_000, resolvedAtMs: 2_000 },
  });
});

test('H6: with a duration it is pending first, and dropped without a word where it was bad for too short', () => {
  const rules = [{ ...RULE, timing: { forMs: 5_000, resolveForMs: 0 } }];
  const [pending] = next([BAD], { rules });
  expect(pending).toMatchObject({ kind: 'kept', alert: { phase: { kind: 'pending', sinceMs: 1_000 } } });
  const open = [(pending as AlertChange).alert];
  expect(kinds(next([BAD], { rules, open, nowMs: 5_999 }))).toEqual([]);
  expect(kinds(next([BAD], { rules, open, nowMs: 6_000 }))).toEqual(['fired']);
  expect(kinds(next([GOOD], { rules, open, nowMs: 3_000 }))).toEqual(['dropped']);
});

test.each<[string, WatchedForAlerts[], AlertRule[]]>([
  ['the provider is gone', [], [RULE]],
  ['the provider is in maintenance', [provider('maintenance', { successRate: 0 })], [RULE]],
  ['the rule is gone', [BAD], []],
  ['the rule is disabled', [BAD], [{ ...RULE, isDisabled: true }]],
  ['the rule watches another one', [BAD], [{ ...RULE, provider: 'q' }]],
])('H6: an alert ends at once where %s', (_, providers, rules) => {
  expect(kinds(next(providers, { open: [fired()], rules }))).toEqual(['resolved']);
});

test("H6: a tenant's rule watches the installation's providers and its own; the installation's its own alone", () => {
  const providers = ['', 't1', 't2'].map((tenant) => provider('healthy', { successRate: 0 }, tenant));
  const told = (tenant: string) =>
    next(providers, { rules: [{ ...RULE, tenant }] }).map(({ alert }) => alert.provider.tenant);
  expect([told('t1'), told('')]).toEqual([['', 't1'], ['']]);
});
