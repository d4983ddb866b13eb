import type { Period } from '../period.ts';
import { type Dimension, labelOf, type SummaryQuery } from './summary-query.ts';

/** Where a stretch of a period is summed up from: coarse and quick, or fine and slow. */
export type RollupSource =
  | 'installation_days'
  | 'days'
  | 'labels'
  | 'installation_hours'
  | 'hours'
  | 'ledger';

/** A stretch of a period, and what answers for it. */
export interface RollupSlice extends Period {
  readonly source: RollupSource;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What every roll-up knows. */
const IN_INSTALLATION: readonly Dimension[] = ['provider', 'model', 'line', 'purpose'];
const IN_ALL: readonly Dimension[] = ['tenant', ...IN_INSTALLATION];
const IN_INSTALLATION_HOURS: ReadonlySet<Dimension> = new Set<Dimension>([...IN_INSTALLATION, 'hour', 'day']);
const IN_INSTALLATION_DAYS: ReadonlySet<Dimension> = new Set<Dimension>([...IN_INSTALLATION, 'day']);
const IN_HOURS: ReadonlySet<Dimension> = new Set<Dimension>([...IN_ALL, 'hour', 'day']);
const IN_DAYS: ReadonlySet<Dimension> = new Set<Dimension>([
  ...IN_ALL,
  'day',
  'key',
  'service',
  'agent',
  'workflow',
]);
const IN_LABELS: ReadonlySet<Dimension> = new Set<Dimension>([...IN_ALL, 'day']);

/** Whose entries a summary is of: one tenant's, or all. */
export type SummaryOf = 'tenant' | 'all';

/** Cuts a query's period into stretches that cover it once, each from the coarsest roll-up that knows what is asked. */
export function planRollups(query: SummaryQuery, of: SummaryOf): RollupSlice[] {
  const { period } = query;
  const asked = dimensionsOf(query);
  const knows = (dimensions: ReadonlySet<Dimension>) => asked.every((name) => dimensions.has(name));
  const label = labelOf(query);
  const hasHours = label === undefined && knows(IN_HOURS);
  const hours = of === 'all' && knows(IN_INSTALLATION_HOURS) ? 'installation_hours' : 'hours';
  const inside = (part: Period) => (hasHours ? cut(part, HOUR_MS, hours, fromLedger) : fromLedger(part));
  if (label !== undefined) return knows(IN_LABELS) ? cut(period, DAY_MS, 'labels', inside) : inside(period);
  return knows(IN_DAYS) ? cut(period, DAY_MS, daysFor(query, of), inside) : inside(period);
}

/** Which days answer a query about no label. */
export function daysFor(query: SummaryQuery, of: SummaryOf): 'installation_days' | 'days' {
  const ofInstallation = of === 'all' && dimensionsOf(query).every((name) => IN_INSTALLATION_DAYS.has(name));
  return ofInstallation ? 'installation_days' : 'days';
}

/** What a query groups by and filters on, but for a label. */
function dimensionsOf({ groupBy, filters }: SummaryQuery): Dimension[] {
  const filtered = Object.keys(filters) as Dimension[];
  return [...groupBy.filter((name): name is Dimension => !name.startsWith('label:')), ...filtered];
}

const fromLedger = (part: Period): RollupSlice[] =>
  part.fromMs < part.toMs ? [{ source: 'ledger', ...part }] : [];

/** Whole units from one source, the ends from another. */
// biome-ignore lint/complexity/useMaxParams: a period, its unit, and two ways to answer
function cut(
  { fromMs, toMs }: Period,
  unitMs: number,
  source: RollupSource,
  ends: (part: Period) => RollupSlice[],
): RollupSlice[] {
  const first = Math.ceil(fromMs / unitMs) * unitMs;
  const last = Math.floor(toMs / unitMs) * unitMs;
  if (first >= last) return ends({ fromMs, toMs });
  return [
    ...ends({ fromMs, toMs: first }),
    { source, fromMs: first, toMs: last },
    ...ends({ fromMs: last, toMs }),
  ];
}
