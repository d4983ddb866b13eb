import type { CostGroup, GetCostSummaryRequest } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { type Period, readPeriod } from '../period.ts';

/** What a summary can be grouped by, beside a label. */
export const DIMENSIONS = [
  'tenant',
  'provider',
  'model',
  'agent',
  'workflow',
  'service',
  'key',
  'line',
  'purpose',
  'hour',
  'day',
] as const;
/** What a summary can be grouped by, beside a label. */
export type Dimension = (typeof DIMENSIONS)[number];
/** What a summary can be grouped by. */
export type Grouping = Dimension | `label:${string}`;

/** What a summary can be narrowed to by one value. */
export const FILTERS = ['provider', 'model', 'agent', 'workflow', 'service', 'key'] as const;
/** What a summary can be narrowed to by one value. */
export type Filter = (typeof FILTERS)[number];

/** Only entries with this label. */
export interface LabelFilter {
  readonly name: string;
  readonly value: string;
}

/** What to sum up. */
export interface SummaryQuery {
  readonly period: Period;
  /** At most 4, each once, of them one label. */
  readonly groupBy: readonly Grouping[];
  /** Only these. */
  readonly filters: Readonly<Partial<Record<Filter, string>>>;
  /** Only these; of the label that is grouped by, where one is. */
  readonly label: LabelFilter | undefined;
  /** Most groups, 1 to 10,000. */
  readonly limit: number;
}

/** What was spent. */
export interface Summary {
  readonly total: CostGroup;
  /** Dearest first. */
  readonly groups: readonly CostGroup[];
  /** Whether groups were left out by the limit. */
  readonly truncated: boolean;
}

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;
const MAX_DIMENSIONS = 4;
const MAX_FILTER = 512;
const LABEL = 'label:';

/** Name of the label that a query is about; undefined where it is about none. */
export function labelOf({ groupBy, label }: Pick<SummaryQuery, 'groupBy' | 'label'>): string | undefined {
  return label?.name ?? groupBy.find((name) => name.startsWith(LABEL))?.slice(LABEL.length);
}

/** Reads a request; whose entries it is about is not decided here. */
export function readSummaryQuery(
  request: GetCostSummaryRequest,
  nowMs: number,
): Result<SummaryQuery, FieldViolation> {
  const period = readPeriod(request, nowMs);
  if (!period.ok) return period;
  const groupBy = readGroupBy(request.groupBy);
  if (!groupBy.ok) return groupBy;
  const label = readLabel(request.label, groupBy.value);
  if (!label.ok) return label;
  const { limit } = request;
  if (limit < 0 || limit > MAX_LIMIT) {
    return err({ field: 'limit', description: `must be from 1 to ${MAX_LIMIT}` });
  }
  const filters: Partial<Record<Filter, string>> = {};
  for (const field of FILTERS) {
    const value = request[field];
    if (!isText(value)) return err({ field, description: TEXT });
    if (value !== '') filters[field] = value;
  }
  return ok({
    period: period.value,
    groupBy: groupBy.value,
    filters,
    label: label.value,
    limit: limit || DEFAULT_LIMIT,
  });
}

/** Reads dimensions, at most 4. */
export function readGroupBy(names: readonly string[]): Result<Grouping[], FieldViolation> {
  const unknown = names.find((name) => !isGrouping(name));
  if (unknown !== undefined) {
    const known = [...DIMENSIONS, 'label:NAME'].join(', ');
    return err({ field: 'group_by', description: `has ${unknown.slice(0, MAX_FILTER)}; known are ${known}` });
  }
  if (names.length > MAX_DIMENSIONS || new Set(names).size < names.length) {
    return err({ field: 'group_by', description: `takes at most ${MAX_DIMENSIONS} dimensions, each once` });
  }
  if (names.filter((name) => name.startsWith(LABEL)).length > 1) {
    return err({ field: 'group_by', description: 'takes one label' });
  }
  return ok(names.filter(isGrouping));
}

function readLabel(
  label: GetCostSummaryRequest['label'],
  groupBy: readonly Grouping[],
): Result<LabelFilter | undefined, FieldViolation> {
  if (label === undefined) return ok(undefined);
  const { name, value } = label;
  if (name === '' || !isText(name))
    return err({ field: 'label.name', description: `${TEXT}, and one at least` });
  if (!isText(value)) return err({ field: 'label.value', description: TEXT });
  const grouped = labelOf({ groupBy, label: undefined });
  if (grouped !== undefined && grouped !== name) {
    return err({ field: 'label.name', description: 'must be the label that is grouped by' });
  }
  return ok({ name, value });
}

const TEXT = `must have at most ${MAX_FILTER} characters and no NUL`;
const isText = (value: string): boolean => value.length <= MAX_FILTER && !value.includes('\0');

function isGrouping(name: string): name is Grouping {
  if (name.startsWith(LABEL)) return name.length > LABEL.length && isText(name);
  return (DIMENSIONS as readonly string[]).includes(name);
}
