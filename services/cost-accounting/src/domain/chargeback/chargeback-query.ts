import { type ExportStatementsRequest, SharedCosts, StatementFormat } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { type Period, readPeriod } from '../period.ts';
import { type Grouping, readGroupBy } from '../summary/summary-query.ts';
import type { SharedRule } from './statement.ts';

/** How statements are written. */
export type Format = 'csv' | 'json' | 'focus' | 'pdf';

/** Which statements to make. */
export interface StatementsQuery {
  /** Whole UTC days. */
  readonly period: Period;
  readonly format: Format;
  readonly rule: SharedRule;
  readonly teamBy: Grouping | undefined;
}

const DAY_MS = 24 * 3_600_000;
const FORMATS: ReadonlyMap<StatementFormat, Format> = new Map<StatementFormat, Format>([
  [StatementFormat.UNSPECIFIED, 'csv'],
  [StatementFormat.CSV, 'csv'],
  [StatementFormat.JSON, 'json'],
  [StatementFormat.FOCUS, 'focus'],
  [StatementFormat.PDF, 'pdf'],
]);
const RULES: ReadonlyMap<SharedCosts, SharedRule> = new Map<SharedCosts, SharedRule>([
  [SharedCosts.UNSPECIFIED, 'proportional'],
  [SharedCosts.PROPORTIONAL, 'proportional'],
  [SharedCosts.EVEN, 'even'],
  [SharedCosts.NONE, 'none'],
]);

/** Reads a request; whose statements it is about is not decided here. */
export function readStatementsQuery(
  request: ExportStatementsRequest,
  nowMs: number,
): Result<StatementsQuery, FieldViolation> {
  for (const field of ['startTime', 'endTime'] as const) {
    const ms = request[field]?.getTime();
    const name = field === 'startTime' ? 'start_time' : 'end_time';
    if (ms === undefined || ms % DAY_MS !== 0)
      return err({ field: name, description: 'must be the begin of a day in UTC' });
  }
  const period = readPeriod(request, nowMs);
  if (!period.ok) return period;
  const format = FORMATS.get(request.format);
  if (format === undefined) return err({ field: 'format', description: 'must be CSV, JSON, FOCUS or PDF' });
  const rule = RULES.get(request.sharedCosts);
  if (rule === undefined)
    return err({ field: 'shared_costs', description: 'must be PROPORTIONAL, EVEN or NONE' });
  const { teamBy } = request;
  const grouping = readGroupBy(teamBy === '' ? [] : [teamBy]);
  const [found] = grouping.ok ? grouping.value : [];
  if (teamBy !== '' && (found === undefined || !(TEAMS.has(found) || found.startsWith('label:'))))
    return err({ field: 'team_by', description: `must be ${[...TEAMS].join(', ')} or label:NAME` });
  return ok({ period: period.value, format, rule, teamBy: found });
}

const TEAMS: ReadonlySet<string> = new Set(['service', 'key', 'agent', 'workflow']);
