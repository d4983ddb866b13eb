import type { CostGroup, GetCostSummaryRequest } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { type Period, readPeriod } from '../period.ts';

/** What a summary can be grouped by. */
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
/** What a summary can be grouped by. */
export type Dimension = (typeof DIMENSIONS)[number];

/** What to sum up. */
export interface SummaryQuery {
  readonly period: Period;
  /** At most 4, each once. */
  readonly groupBy: readonly Dimension[];
  /** Only these; undefined: all. */
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly agent: string | undefined;
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

/** Reads a request; whose entries it is about is not decided here. */
export function readSummaryQuery(
  request: GetCostSummaryRequest,
  nowMs: number,
): Result<SummaryQuery, FieldViolation> {
  const period = readPeriod(request, nowMs);
  if (!period.ok) return period;
  const { groupBy, provider, model, agent, limit } = request;
  const unknown = groupBy.find((name) => !isDimension(name));
  if (unknown !== undefined) {
    return err({ field: 'group_by', description: `has ${unknown}; known are ${DIMENSIONS.join(', ')}` });
  }
  if (groupBy.length > MAX_DIMENSIONS || new Set(groupBy).size < groupBy.length) {
    return err({ field: 'group_by', description: `takes at most ${MAX_DIMENSIONS} dimensions, each once` });
  }
  if (limit < 0 || limit > MAX_LIMIT) {
    return err({ field: 'limit', description: `must be from 1 to ${MAX_LIMIT}` });
  }
  for (const [field, value] of Object.entries({ provider, model, agent })) {
    if (value.length > MAX_FILTER || value.includes('\0')) {
      return err({ field, description: `must have at most ${MAX_FILTER} characters and no NUL` });
    }
  }
  return ok({
    period: period.value,
    groupBy: groupBy.filter(isDimension),
    provider: provider || undefined,
    model: model || undefined,
    agent: agent || undefined,
    limit: limit || DEFAULT_LIMIT,
  });
}

function isDimension(name: string): name is Dimension {
  return (DIMENSIONS as readonly string[]).includes(name);
}
