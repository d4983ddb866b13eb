import { isAlertingId } from '@switchyard/alerting';
import { isTimeZone, type Period } from '@switchyard/budget';
import {
  BudgetEnforcement,
  type Budget as BudgetMessage,
  BudgetPeriod,
  BudgetUnit as UnitMessage,
} from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result, snakeCase } from '@switchyard/kernel';
import type { BudgetScope, BudgetUnit, StatedBudget } from './budget.ts';
import { readActions } from './read-actions.ts';

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const MAX_DESCRIPTION = 500;
const MAX_NAME = 512;
const MAX_ALERTS = 10;
const MAX_PERCENT = 1_000;
const MAX_RECEIVERS = 16;
const MAX_LIMIT = 2n ** 63n - 1n;
const DEFAULT_ALERTS = [50, 80, 100] as const;
const PERIODS: ReadonlyMap<BudgetPeriod, Period> = new Map([
  [BudgetPeriod.MINUTE, 'minute'],
  [BudgetPeriod.DAY, 'day'],
  [BudgetPeriod.MONTH, 'month'],
  [BudgetPeriod.TOTAL, 'total'],
]);
const UNITS: ReadonlyMap<UnitMessage, BudgetUnit> = new Map([
  [UnitMessage.UNSPECIFIED, 'cost'],
  [UnitMessage.COST, 'cost'],
  [UnitMessage.REQUESTS, 'requests'],
  [UnitMessage.TOKENS, 'tokens'],
]);
const ENFORCEMENTS: ReadonlyMap<BudgetEnforcement, boolean> = new Map([
  [BudgetEnforcement.UNSPECIFIED, true],
  [BudgetEnforcement.REFUSE, true],
  [BudgetEnforcement.ALERT, false],
]);
const ID_RULE = 'must be 1 to 64 of a-z, 0-9, "-", "_" and ".", and begin with a letter or digit';
const SAID_RULE =
  'is what callers say of themselves, so that it can only alert: set enforcement to BUDGET_ENFORCEMENT_ALERT, or limit a key';
/** What callers say of themselves: it binds nobody. */
const SAID_BY_CALLERS = ['service', 'agent', 'workflow'] as const satisfies readonly (keyof BudgetScope)[];

/** All that is wrong with something, by field. */
export type FieldViolations = readonly [FieldViolation, ...FieldViolation[]];

/** Reads a budget. */
export function readBudget(message: BudgetMessage): Result<StatedBudget, FieldViolations> {
  const unit = UNITS.get(message.unit);
  const period = PERIODS.get(message.period);
  const refuses = ENFORCEMENTS.get(message.enforcement);
  const timeZone = message.timeZone || 'UTC';
  const scope = scopeOf(message);
  const actions = readActions(message, { field: 'budget.actions', scope });
  const problems = [
    ...plainProblems(message),
    ...(actions.ok ? [] : actions.error),
    ...scopeProblems(scope, refuses === false ? 'alerts' : 'refuses'),
  ];
  const [first, ...further] = problems;
  if (first !== undefined) return err([first, ...further]);
  if (unit === undefined || period === undefined || refuses === undefined || !actions.ok)
    throw new Error('a budget without problems can be read');
  const { tenant, id, description, limit, receivers } = message;
  return ok({
    ...{ tenant, id, description, scope, unit, limit, refuses, receivers, actions: actions.value },
    rule: { period, timeZone },
    alertPercents: message.alertPercents.length === 0 ? DEFAULT_ALERTS : message.alertPercents,
  });
}

/** What is wrong with single fields. */
function plainProblems(message: BudgetMessage): FieldViolation[] {
  const { id, description, limit, unit, period, enforcement, timeZone, alertPercents, receivers } = message;
  const zone = timeZone || 'UTC';
  return [
    ...ofField('id', ID.test(id) ? [] : [ID_RULE]),
    ...ofField('description', descriptionProblems(description)),
    ...ofField('limit', limitProblems(limit)),
    ...ofField('unit', UNITS.has(unit) ? [] : ['must be BUDGET_UNIT_COST, _REQUESTS or _TOKENS']),
    ...ofField(
      'period',
      PERIODS.has(period) ? [] : ['is required: BUDGET_PERIOD_MINUTE, _DAY, _MONTH or _TOTAL'],
    ),
    ...ofField(
      'time_zone',
      isTimeZone(zone) ? [] : [`${JSON.stringify(zone)} is no time zone; one is "Europe/Berlin"`],
    ),
    ...ofField(
      'enforcement',
      ENFORCEMENTS.has(enforcement) ? [] : ['must be BUDGET_ENFORCEMENT_REFUSE or _ALERT'],
    ),
    ...ofField('alert_percents', alertProblems(alertPercents)),
    ...ofField('receivers', receiverProblems(receivers)),
  ];
}

const ofField = (field: string, descriptions: readonly string[]): FieldViolation[] =>
  descriptions.map((description) => ({ field: `budget.${field}`, description }));

function scopeProblems(scope: BudgetScope, what: 'alerts' | 'refuses'): FieldViolation[] {
  const said = what === 'alerts' ? [] : SAID_BY_CALLERS.filter((name) => scope[name] !== '');
  return [
    ...Object.entries(scope).flatMap(([name, value]) =>
      ofField(
        `scope.${snakeCase(name)}`,
        isName(value) ? [] : [`must have at most ${MAX_NAME} characters and no NUL`],
      ),
    ),
    ...said.flatMap((name) => ofField(`scope.${name}`, [SAID_RULE])),
  ];
}

const isName = (value: string): boolean => value.length <= MAX_NAME && !value.includes('\0');

/** What is wrong with a limit. */
export const limitProblems = (limit: bigint): string[] =>
  limit < 1n || limit > MAX_LIMIT ? ['must be a whole number from 1, in nano-USD, requests or tokens'] : [];

/** What is wrong with a description. */
export const descriptionProblems = (description: string): string[] =>
  description.length > MAX_DESCRIPTION || description.includes('\0')
    ? [`must have at most ${MAX_DESCRIPTION} characters and no NUL`]
    : [];

/** What is wrong with the percents of alerts. */
export function alertProblems(percents: readonly number[]): string[] {
  if (percents.length > MAX_ALERTS) return [`must be at most ${MAX_ALERTS}`];
  const rises = percents.every((percent, i) => percent > (percents[i - 1] ?? 0) && percent <= MAX_PERCENT);
  return rises ? [] : [`must rise, each from 1 to ${MAX_PERCENT}`];
}

/** What is wrong with ids of receivers. */
export function receiverProblems(ids: readonly string[]): string[] {
  if (ids.length > MAX_RECEIVERS) return [`must be at most ${MAX_RECEIVERS}`];
  if (!ids.every(isAlertingId)) return ['must be ids of receivers, each 1 to 64 characters of a-z 0-9 -'];
  return new Set(ids).size < ids.length ? ['must not name one twice'] : [];
}

const scopeOf = ({ scope }: BudgetMessage): BudgetScope => ({
  keyId: scope?.keyId ?? '',
  provider: scope?.provider ?? '',
  model: scope?.model ?? '',
  service: scope?.service ?? '',
  agent: scope?.agent ?? '',
  workflow: scope?.workflow ?? '',
});
