import {
  Budget,
  BudgetAction,
  BudgetEnforcement,
  BudgetPeriod,
  BudgetUnit,
} from '@switchyard/contracts/cost';
import { Strategy } from '@switchyard/contracts/routing';
import { formatUsd, parseUsd } from '@switchyard/kernel';
import { wordsOf } from '../configuration/document-schema.ts';
import { isPlainObject, type Place, readObject } from '../configuration/read-value.ts';
import type { ObjectSchema, ValueSchema } from '../configuration/schema.ts';
import { writeObject } from '../configuration/write-value.ts';

const text: ValueSchema = { kind: 'text' };
const PERCENT: ValueSchema = { kind: 'whole', min: 1, max: 1_000 };

/** A limit stands in a document by what it counts. */
const LIMITS = { usd: BudgetUnit.COST, requests: BudgetUnit.REQUESTS, tokens: BudgetUnit.TOKENS } as const;
type LimitName = keyof typeof LIMITS;
const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** A budget of a document, apart from its limit. */
const BUDGET_FIELDS: ObjectSchema = {
  id: text,
  tenant: text,
  description: text,
  scope: {
    kind: 'object',
    fields: { key_id: text, provider: text, model: text, service: text, agent: text, workflow: text },
  },
  period: wordsOf(BudgetPeriod),
  time_zone: text,
  enforcement: wordsOf(BudgetEnforcement),
  alert_percents: { kind: 'list', of: PERCENT },
  receivers: { kind: 'list', of: text },
};

/** An action of a document: `downgrade` and `throttle` have fields of their own. */
const ACTION_FIELDS: ObjectSchema = {
  at_percent: PERCENT,
  downgrade: { kind: 'object', fields: { model: text, strategy: wordsOf(Strategy) } },
  throttle: {
    kind: 'object',
    fields: { requests_per_minute: { kind: 'whole', min: 1, max: 1_000_000 } },
  },
};

/** A budget as a message has it; what is wrong with it is reported, and undefined where it is none. */
export function readBudgetItem(item: unknown, place: Place): Budget | undefined {
  if (!isPlainObject(item)) {
    place.report(place.path, 'must have fields');
    return undefined;
  }
  const { actions, ...others } = item;
  const rest = Object.fromEntries(Object.entries(others).filter(([name]) => !(name in LIMITS)));
  const read = readObject(rest, BUDGET_FIELDS, place);
  const limit = readLimit(item, place);
  const done = readActions(actions, { ...place, path: `${place.path}.actions` });
  return read && limit && Budget.fromPartial({ ...read, ...limit, actions: done });
}

function readActions(list: unknown, { path, report }: Place): BudgetAction[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    report(path, 'must be a list');
    return [];
  }
  return list.flatMap((item, i) => {
    const place = { path: `${path}[${i}]`, report };
    const { atPercent, ...said } = readObject(item, ACTION_FIELDS, place) ?? {};
    const [kind, second] = Object.entries(said);
    if (kind === undefined || second !== undefined) {
      report(place.path, 'must have at_percent, and downgrade or throttle');
      return [];
    }
    const [$case, value] = kind;
    return [BudgetAction.fromPartial({ atPercent, action: { $case, value } } as never)];
  });
}

function readLimit(
  item: Readonly<Record<string, unknown>>,
  { path, report }: Place,
): { readonly unit: BudgetUnit; readonly limit: bigint } | undefined {
  const [name, second] = LIMIT_NAMES.filter((one) => (item[one] ?? null) !== null);
  if (name === undefined || second !== undefined) {
    report(path, 'needs one limit: usd, requests or tokens');
    return undefined;
  }
  const value = item[name];
  const isText = typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number';
  const written = isText ? String(value) : '';
  const limit = name === 'usd' ? parseUsd(written) : wholeOf(written);
  if (limit !== undefined && limit > 0n) return { unit: LIMITS[name], limit };
  const what = name === 'usd' ? 'an amount above 0, such as 12.50' : 'a whole number from 1';
  report(`${path}.${name}`, `must be ${what}`);
  return undefined;
}

const wholeOf = (written: string): bigint | undefined =>
  /^\d{1,18}$/.test(written) ? BigInt(written) : undefined;

/** A budget as a document has it. */
export function writeBudgetItem(budget: Budget): Record<string, unknown> {
  const { unit, limit } = budget;
  const name = LIMIT_NAMES.find((one) => LIMITS[one] === unit) ?? 'usd';
  const amount = name === 'usd' ? formatUsd(limit) : String(limit);
  const { id, tenant, ...rest } = writeObject(budget, BUDGET_FIELDS);
  const actions = budget.actions.map(({ atPercent, action }) =>
    writeObject({ atPercent, [action?.$case ?? '']: action?.value }, ACTION_FIELDS),
  );
  return {
    ...{ id, ...(tenant === undefined ? {} : { tenant }), [name]: amount, ...rest },
    ...(actions.length === 0 ? {} : { actions }),
  };
}
