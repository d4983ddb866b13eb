import { formatAgo, formatDuration, formatShare } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';
import { paint } from '../output/view.ts';
import { uptimeOf } from './read-health.ts';
import type { ProviderRow, ProviderTable } from './read-providers.ts';
import type { Rendering } from './render-health.ts';
import { stateTone, stateWord } from './state-word.ts';

const DAY = 86_400;

const hasEndpoints = ({ status }: ProviderRow): boolean => (status.provider?.endpoints ?? []).length > 0;

const ENDPOINTS: Column<ProviderRow> = {
  title: 'ENDPOINTS',
  spare: 5,
  cell: ({ status }) => (status.provider?.endpoints ?? []).map(({ id }) => id).join(', '),
};

/** The status table, and below it why those are not healthy that are not. */
export function renderProviders({ rows, isMeasured }: ProviderTable, { nowMs, view }: Rendering): string {
  const table = renderTable<ProviderRow>(
    rows,
    [
      { title: '', cell: ({ status }) => (status.current ? '▸' : ''), tone: () => 'good' },
      { title: 'PROVIDER', cell: titleOf },
      ...(rows.some(hasEndpoints) ? [ENDPOINTS] : []),
      {
        title: 'STATE',
        cell: ({ status }) => status.health,
        tone: ({ status }) => stateTone(status.health),
      },
      { title: 'SUCCESS', align: 'right', cell: (row) => formatShare(successRateOf(row)) },
      { title: 'REQUESTS', align: 'right', spare: 3, cell: (row) => String(requestsOf(row)) },
      { title: 'P50', align: 'right', cell: (row) => formatDuration(row.measured?.health.latencyP50Ms) },
      { title: 'P95', align: 'right', cell: (row) => formatDuration(row.measured?.health.latencyP95Ms) },
      {
        title: 'LAST OK',
        align: 'right',
        cell: (row) => formatAgo(latest(row, 'lastSuccessAt'), nowMs),
      },
      {
        title: 'LAST FAIL',
        align: 'right',
        spare: 1,
        cell: (row) => formatAgo(latest(row, 'lastFailureAt'), nowMs),
      },
      {
        title: 'UP 24 H',
        align: 'right',
        spare: 2,
        cell: (row) => formatShare(uptimeOf(row.measured?.uptime, DAY)),
      },
      { title: 'ACTIVE', align: 'right', spare: 4, cell: ({ status }) => String(status.activeRequests) },
    ],
    view,
  );
  const reasons = rows
    .filter((row) => reasonOf(row) !== '' && row.status.health !== 'healthy')
    .map(
      (row) =>
        `${paint(row.status.provider?.id ?? '', stateTone(row.status.health), view)}: ${reasonOf(row)}\n`,
    );
  const away = isMeasured
    ? []
    : ['health-probe does not answer: latency percentiles and uptime are missing.\n'];
  const below = [...reasons, ...away].join('');
  return below === '' ? table : `${table}\n${below}`;
}

function titleOf({ status: { provider } }: ProviderRow): string {
  const owner = provider?.tenant ? ` (${provider.tenant})` : '';
  return `${provider?.id ?? ''}${owner}${provider?.simulated ? ' (simulated)' : ''}`;
}

/** Routing tells what is wrong with the configuration; why a state was measured only health-probe knows. */
function reasonOf({ status, measured }: ProviderRow): string {
  if (status.healthReason !== '' || measured === undefined) return status.healthReason;
  return stateWord(measured.health.state) === status.health ? measured.health.reason : '';
}

/** Over all replicas where health-probe tells, else as the asked replica of routing has seen it. */
const successRateOf = ({ status, measured }: ProviderRow): number | undefined =>
  measured === undefined ? status.successRate : measured.health.successRate;

const requestsOf = ({ status, measured }: ProviderRow): bigint =>
  measured === undefined ? status.requests : measured.health.requests;

function latest(
  { status, measured }: ProviderRow,
  what: 'lastSuccessAt' | 'lastFailureAt',
): Date | undefined {
  const [a, b] = [status[what], measured?.health[what]];
  if (a === undefined || b === undefined) return a ?? b;
  return new Date(Math.max(a.getTime(), b.getTime()));
}
