import type { HealthChange, ModelHealth, ProviderHealth } from '@switchyard/contracts/health';
import { formatAgo, formatDuration, formatShare, formatTime, UNKNOWN } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';
import { paint, type View } from '../output/view.ts';
import { type HealthRow, uptimeOf } from './read-health.ts';
import { stateTone, stateWord } from './state-word.ts';

/** What a rendering is made with. */
export interface Rendering {
  readonly nowMs: number;
  readonly view: View;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Figures that a provider and each of its models have. */
type Figures = Pick<
  ProviderHealth & ModelHealth,
  | 'requests'
  | 'successRate'
  | 'availability'
  | 'latencyP50Ms'
  | 'latencyP95Ms'
  | 'latencyP99Ms'
  | 'consecutiveFailures'
>;

const figureColumns = <T>(of: (row: T) => Figures): Column<T>[] => [
  { title: 'SUCCESS', align: 'right', cell: (row) => formatShare(of(row).successRate) },
  { title: 'AVAILABLE', align: 'right', spare: 5, cell: (row) => formatShare(of(row).availability) },
  { title: 'REQUESTS', align: 'right', spare: 3, cell: (row) => String(of(row).requests) },
  { title: 'P50', align: 'right', cell: (row) => formatDuration(of(row).latencyP50Ms) },
  { title: 'P95', align: 'right', cell: (row) => formatDuration(of(row).latencyP95Ms) },
  { title: 'P99', align: 'right', spare: 4, cell: (row) => formatDuration(of(row).latencyP99Ms) },
  {
    title: 'FAILING',
    align: 'right',
    spare: 6,
    cell: (row) => (of(row).consecutiveFailures === 0 ? UNKNOWN : `${of(row).consecutiveFailures} in a row`),
    tone: (row) => (of(row).consecutiveFailures === 0 ? 'dim' : 'bad'),
  },
];

const nameOf = ({ provider, tenant }: { readonly provider: string; readonly tenant: string }): string =>
  tenant === '' ? provider : `${provider} (${tenant})`;

/** All providers, and below the table why those are not healthy that are not. */
export function renderHealth(rows: readonly HealthRow[], { nowMs, view }: Rendering): string {
  const table = renderTable<HealthRow>(
    rows,
    [
      { title: 'PROVIDER', cell: ({ health }) => nameOf(health) },
      {
        title: 'STATE',
        cell: ({ health }) => stateWord(health.state),
        tone: ({ health }) => stateTone(stateWord(health.state)),
      },
      { title: 'SINCE', align: 'right', cell: ({ health }) => formatAgo(health.since, nowMs) },
      ...figureColumns<HealthRow>(({ health }) => health),
      {
        title: 'UP 1 H',
        align: 'right',
        spare: 7,
        cell: ({ uptime }) => formatShare(uptimeOf(uptime, HOUR)),
      },
      { title: 'UP 24 H', align: 'right', cell: ({ uptime }) => formatShare(uptimeOf(uptime, DAY)) },
      {
        title: 'UP 30 D',
        align: 'right',
        spare: 1,
        cell: ({ uptime }) => formatShare(uptimeOf(uptime, 30 * DAY)),
      },
    ],
    view,
  );
  return (
    table +
    renderReasons(
      rows.map(({ health }) => health),
      view,
    )
  );
}

/** A line for each provider that is not as it should be. */
function renderReasons(providers: readonly ProviderHealth[], view: View): string {
  const lines = providers
    .map((health) => ({ health, word: stateWord(health.state) }))
    .filter(({ word }) => word !== 'healthy' && word !== 'not_tested')
    .map(({ health, word }) => `${paint(nameOf(health), stateTone(word), view)}: ${health.reason}\n`);
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** One provider with its models, errors and last changes. */
export function renderProvider(
  { health, uptime }: HealthRow,
  changes: readonly HealthChange[],
  { nowMs, view }: Rendering,
): string {
  const word = stateWord(health.state);
  const classes = Object.entries(health.failuresByClass).sort(([, a], [, b]) => Number(b - a));
  const rows = [{ ...health, model: 'all models' }, ...health.models];
  const parts = [
    `${nameOf(health)} is ${paint(word, stateTone(word), view)}, since ${formatAgo(health.since, nowMs)}: ${health.reason}`,
    `Up ${formatShare(uptimeOf(uptime, HOUR))} of the last hour, ${formatShare(uptimeOf(uptime, DAY))} of the day, ${formatShare(uptimeOf(uptime, 30 * DAY))} of 30 days.`,
    `Last success ${formatAgo(health.lastSuccessAt, nowMs)}, last failure ${formatAgo(health.lastFailureAt, nowMs)}, last probe ${formatAgo(health.lastProbeAt, nowMs)}.`,
    classes.length === 0 ? '' : `Failures: ${classes.map(([name, count]) => `${count} ${name}`).join(', ')}.`,
  ].filter((line) => line !== '');
  const models = renderTable<ModelHealth>(
    rows,
    [
      { title: 'LAST 300 S', cell: ({ model }) => model },
      ...figureColumns<ModelHealth>((model) => model),
      { title: 'LAST OK', align: 'right', spare: 1, cell: (row) => formatAgo(row.lastSuccessAt, nowMs) },
      { title: 'LAST FAIL', align: 'right', spare: 2, cell: (row) => formatAgo(row.lastFailureAt, nowMs) },
    ],
    view,
  );
  const past = changes.length === 0 ? '' : `\n${renderHistory(changes, view)}`;
  return `${parts.join('\n')}\n\n${models}${past}`;
}

/** Changes of states, as they are given. */
export function renderHistory(changes: readonly HealthChange[], view: View): string {
  return renderTable<HealthChange>(
    changes,
    [
      { title: 'TIME', cell: ({ changedAt }) => formatTime(changedAt) },
      { title: 'PROVIDER', cell: nameOf },
      { title: 'FROM', cell: ({ fromState }) => stateWord(fromState), tone: () => 'dim' },
      {
        title: 'TO',
        cell: ({ toState }) => stateWord(toState),
        tone: ({ toState }) => stateTone(stateWord(toState)),
      },
      { title: 'WHY', cell: ({ reason }) => reason },
    ],
    view,
  );
}
