import type { RollupSlice } from '../domain/summary/rollup-plan.ts';
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
}

const ADDED = ROLLUP_SUM_NAMES.join(', ');
/** What has a label is taken out of what is counted without it. */
const TAKEN_OUT = ROLLUP_SUM_NAMES.map((name) => `-${name} AS ${name}`).join(', ');
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
  day: `to_char(day, 'YYYY-MM-DD')`,
  label: () => `''`,
  sums: ADDED,
};
const HOURS: Table = {
  name: 'rollup_hours',
  within: inTime('hour', time),
  hour: 'hour',
  day: `to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  label: () => `''`,
  sums: ADDED,
};
const PARTS: Table = { ...HOURS, name: 'rollup_parts', label: labelInJson };
const LABELS: Table = {
  ...DAYS,
  name: 'rollup_labels',
  within: (slice, scope) =>
    `${inTime('day', date)(slice, scope)} AND name = ${bind(scope, labelOf(scope.query) ?? '')}`,
  label: () => 'value',
};
const LEDGER: Table = {
  name: 'ledger',
  // Days choose the partitions.
  within: (slice, scope) =>
    `${inTime('occurred_at', time)(slice, scope)} AND occurred_on BETWEEN ${bind(scope, date(slice.fromMs))} AND ${bind(scope, date(slice.toMs))}`,
  hour: `date_trunc('hour', occurred_at, 'UTC')`,
  day: `to_char(occurred_on, 'YYYY-MM-DD')`,
  label: labelInJson,
  sums: PER_ENTRY,
};

const SOURCES = {
  days: [DAYS, PARTS],
  hours: [HOURS, PARTS],
  // What has the label, what has it not (all but what has it), and what is not folded yet.
  labels: [LABELS, DAYS, { ...LABELS, label: () => `''`, sums: TAKEN_OUT }, PARTS],
  ledger: [LEDGER],
} as const satisfies Record<RollupSlice['source'], readonly Table[]>;

/** SELECTs whose rows together are a slice's sums: `key_0` … for what is grouped by, `line`, and the sums. */
export function rollupRows(slice: RollupSlice, scope: Scope): string[] {
  return SOURCES[slice.source].map((table: Table) => {
    const keys = scope.query.groupBy
      .map((name, i) => `${keyOf(name, { table, scope })} AS key_${i}, `)
      .join('');
    return `SELECT ${keys}line, ${table.sums} FROM cost_accounting.${table.name} WHERE ${table.within(slice, scope)}${filtered(table, scope)}`;
  });
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
