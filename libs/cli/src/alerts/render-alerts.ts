import { AlertSeverity, type Delivery, DeliveryState, type Receiver } from '@switchyard/contracts/alert';
import {
  type Alert,
  AlertMetric,
  type AlertRule,
  AlertState,
  HealthState,
} from '@switchyard/contracts/health';
import { formatAgo, formatShare, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import type { Tone, View } from '../output/view.ts';

/** "LATENCY_P95" is shown as "latency p95". */
const wordOf = (values: Readonly<Record<string, number>>, value: number): string =>
  (Object.entries(values).find(([, one]) => one === value)?.[0] ?? UNKNOWN)
    .toLowerCase()
    .replaceAll('_', ' ');

export const alertStateWord = (state: AlertState): string => wordOf(AlertState, state);
export const deliveryStateWord = (state: DeliveryState): string => wordOf(DeliveryState, state);

const TONES: Readonly<Partial<Record<AlertState, Tone>>> = {
  [AlertState.PENDING]: 'warn',
  [AlertState.FIRING]: 'bad',
  [AlertState.RESOLVED]: 'good',
};

/** Alerts with what became of telling their receivers. */
export const renderAlerts = (
  alerts: readonly Alert[],
  { view, nowMs }: { view: View; nowMs: number },
): string =>
  renderTable<Alert>(
    alerts,
    [
      { title: 'RULE', cell: ({ rule }) => rule },
      {
        title: 'PROVIDER',
        cell: ({ provider, providerTenant }) =>
          providerTenant === '' ? provider : `${provider} (${providerTenant})`,
      },
      { title: 'STATE', cell: ({ state }) => alertStateWord(state), tone: ({ state }) => TONES[state] },
      { title: 'BAD SINCE', align: 'right', cell: ({ since }) => formatAgo(since, nowMs) },
      { title: 'FIRED', align: 'right', cell: ({ firedAt }) => formatAgo(firedAt, nowMs) },
      { title: 'RESOLVED', align: 'right', cell: ({ resolvedAt }) => formatAgo(resolvedAt, nowMs) },
      { title: 'TOLD', cell: ({ deliveries }) => deliveries.map(describeDelivery).join(', ') || UNKNOWN },
    ],
    view,
  );

/** What became of telling one receiver, in a few words. */
export function describeDelivery({ receiver, event, state, attempts, lastError }: Delivery): string {
  const who = `${receiver || 'nats'} ${event}`;
  if (state === DeliveryState.DELIVERED) return who;
  const why = lastError === '' ? '' : `: ${lastError}`;
  return `${who} (${deliveryStateWord(state)}, ${attempts} tried${why})`;
}

/** What is watched, and who is told. */
export const renderRules = (rules: readonly AlertRule[], view: View): string =>
  renderTable<AlertRule>(
    rules,
    [
      { title: 'RULE', cell: ({ id }) => id },
      { title: 'PROVIDER', cell: ({ provider }) => provider || 'all' },
      { title: 'BAD', cell: describeCondition },
      { title: 'FOR', align: 'right', cell: ({ forSeconds }) => `${forSeconds ?? UNKNOWN} s` },
      {
        title: 'GOOD FOR',
        align: 'right',
        cell: ({ resolveForSeconds }) => `${resolveForSeconds ?? UNKNOWN} s`,
      },
      { title: 'SEVERITY', cell: ({ severity }) => wordOf(AlertSeverity, severity) },
      { title: 'TELLS', cell: ({ receivers }) => ['nats', ...receivers].join(', ') },
      { title: '', spare: 1, cell: ({ disabled }) => (disabled ? 'disabled' : '') },
    ],
    view,
  );

function describeCondition({
  metric,
  threshold,
  resolveThreshold,
  worstState,
  windowSeconds,
}: AlertRule): string {
  if (metric === AlertMetric.STATE) return `state from ${wordOf(HealthState, worstState)} on`;
  const isShare = metric === AlertMetric.ERROR_RATE || metric === AlertMetric.AVAILABILITY;
  const inWords = (value: number | undefined) => (isShare ? formatShare(value) : `${value} ms`);
  const limit =
    metric === AlertMetric.AVAILABILITY ? `below ${inWords(threshold)}` : `from ${inWords(threshold)} on`;
  const again = resolveThreshold === threshold ? '' : `, good at ${inWords(resolveThreshold)}`;
  return `${wordOf(AlertMetric, metric)} ${limit}${again}, over ${windowSeconds} s`;
}

/** Who can be told. */
export const renderReceivers = (receivers: readonly Receiver[], view: View): string =>
  renderTable<Receiver>(
    receivers,
    [
      { title: 'RECEIVER', cell: ({ id }) => id },
      { title: 'KIND', cell: ({ target }) => target?.$case ?? UNKNOWN },
      { title: 'WHERE', cell: describeTarget },
    ],
    view,
  );

function describeTarget({ target }: Receiver): string {
  if (target?.$case === 'webhook')
    return `${target.value.url}${target.value.signingSecretRef === '' ? '' : ', signed'}`;
  if (target?.$case === 'email') return `${target.value.to.join(', ')} by ${target.value.server}`;
  return target?.$case === 'slack' ? `the secret ${target.value.webhookRef}` : UNKNOWN;
}
