import { unreachable } from '@switchyard/kernel';
import { daysFor, type RollupSlice, type SummaryOf } from '../domain/summary/rollup-plan.ts';
import {
  type Dimension,
  type Filter,
  type Grouping,
  labelOf,
  type SummaryQuery,
} from '../domain/summary/summary-query.ts';
import { ROLLUP_SUM_NAMES, ROLLUP_SUMS } from './rollup-columns.ts';

/** What rows are asked for, and the statement's values so far. */
export interface Scope {
  readonly query: SummaryQuery;
  /** Only of this one; undefined: of all. */
  readonly tenant: string | undefined;
  readonly values: string[];
}

/** Whose entries are asked for. */
export const whoseOf = ({ tenant }: Pick<Scope, 'tenant'>): SummaryOf =>
  tenant === undefined ? 'all' : 'tenant';

/** How a table tells time, and the column of each label's value. */
interface Table {
  readonly name: string;
  /** SQL of what lies in a slice. */
  readonly within: (slice: RollupSlice, scope: Scope) => string;
  /** Its begin, as a time: as text it would be dear to group by. */
  readonly hour: string;
  readonly day: string;
  /** SQL of the value of the label that is asked for, '' without. */
  readonly label: (scope: Scope) => string;
  readonly sums: string;
  /** SQL of what its rows are joined to; '' for nothing. */
  readonly beside: string;
}

const ADDED = ROLLUP_SUM_NAMES.join(', ');
const SIGNED = ROLLUP_SUM_NAMES.map((name) => `${name} * sign AS ${name}`).join(', ');
const PER_ENTRY = ROLLUP_SUM_NAMES.map((name) => `${ROLLUP_SUMS[name]} AS ${name}`).join(', ');

const inTime = (column: string, toText: (ms: number) => string) => (slice: RollupSlice, scope: Scope) =>
  `${column} >= ${bind(scope, toText(slice.fromMs))} AND ${column} < ${bind(scope, toText(slice.toMs))}`;
const time = (ms: number): string => new Date(ms).toISOString();
const date = (ms: number): string => time(ms).slice(0, 10);
const labelInJson = (scope: Scope) =>
  `coalesce(labels ->> ${bind(scope, labelOf(scope.query) ?? '')}::text, '')`;

const DAYS: Table = {
  name: 'rollup_days',
  within: inTime('day', date),
  hour: 'NULL::timestamptz',
  day: 'day',
  label: () => `''`,
  sums: ADDED,
  beside: '',
};
const INSTALLATION_DAYS: Table = { ...DAYS, name: 'rollup_installation_days' };
const HOURS: Table = {
  ...DAYS,
  name: 'rollup_hours',
  within: inTime('hour', time),
  hour: 'hour',
  day: `(hour AT TIME ZONE 'UTC')::date`,
};
const INSTALLATION_HOURS: Table = { ...HOURS, name: 'rollup_installation_hours' };
const PARTS: Table = { ...HOURS, name: 'rollup_parts', label: labelInJson };
/** What has the label counts for its value, and is taken out of what is counted without it. */
const LABELS: Table = {
  ...DAYS,
  name: 'rollup_labels',
  within: (slice, scope) =>
    `${inTime('day', date)(slice, scope)} AND name = ${bind(scope, labelOf(scope.query) ?? '')}`,
  label: () => 'counted.as_value',
  sums: SIGNED,
  beside: ` CROSS JOIN LATERAL (VALUES (value, 1), ('', -1)) AS counted (as_value, sign)`,
};
const LEDGER: Table = {
  ...DAYS,
  name: 'ledger',
  // Days choose the partitions.
  within: (slice, scope) =>
    `${inTime('occurred_at', time)(slice, scope)} AND occurred_on BETWEEN ${bind(scope, date(slice.fromMs))} AND ${bind(scope, date(slice.toMs))}`,
  hour: `date_trunc('hour', occurred_at, 'UTC')`,
  day: 'occurred_on',
  label: labelInJson,
  sums: PER_ENTRY,
};

/** What answers a slice: a roll-up, and what of it is not folded yet. */
function tablesOf({ source }: RollupSlice, scope: Scope): readonly Table[] {
  switch (source) {
    case 'installation_days':
      return [INSTALLATION_DAYS, PARTS];
    case 'days':
      return [DAYS, PARTS];
    case 'installation_hours':
      return [INSTALLATION_HOURS, PARTS];
    case 'hours':
      return [HOURS, PARTS];
    case 'labels':
      return [LABELS, daysFor(scope.query, whoseOf(scope)) === 'days' ? DAYS : INSTALLATION_DAYS, PARTS];
    case 'ledger':
      return [LEDGER];
    default:
      return unreachable(source);
  }
}

/** SELECTs whose rows together are a slice's sums: `key_0` … for what is grouped by, `line`, and the sums. Days and hours are times. */
export function rollupRows(slice: RollupSlice, scope: Scope): string[] {
  return tablesOf(slice, scope).map((table) => {
    const keys = scope.query.groupBy
      .map((name, i) => `${keyOf(name, { table, scope })} AS key_${i}, `)
      .join('');
    return `SELECT ${keys}line, ${table.sums} FROM cost_accounting.${table.name}${table.beside} WHERE ${table.within(slice, scope)}${filtered(table, scope)}`;
  });
}

/** SQL of a key as text, of one that {@link rollupRows} gave. An hour is as `2026-11-03T10:00:00Z`. */
export function keyText(name: Grouping, key: string): string {
  if (name === 'day') return `to_char(${key}, 'YYYY-MM-DD')`;
  return name === 'hour' ? `to_char(${key} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')` : key;
}

function keyOf(name: Grouping, { table, scope }: { table: Table; scope: Scope }): string {
  if (name.startsWith('label:')) return table.label(scope);
  if (name === 'hour' || name === 'day') return table[name];
  return columnOf(name as Dimension);
}

const columnOf = (name: Dimension | Filter): string => (name === 'key' ? 'key_id' : name);

function filtered(table: Table, scope: Scope): string {
  const { query, tenant } = scope;
  let filter = tenant === undefined ? '' : ` AND tenant = ${bind(scope, tenant)}`;
  for (const [name, value] of Object.entries(query.filters))
    filter += ` AND ${columnOf(name as Filter)} = ${bind(scope, value)}`;
  if (query.label !== undefined)
    filter += ` AND ${table.label(scope)} = ${bind(scope, query.label.value)}::text`;
  return filter;
}

/** A value of the statement, by its number. */
function bind({ values }: Scope, value: string): string {
  values.push(value);
  return `$${values.length}`;
}
