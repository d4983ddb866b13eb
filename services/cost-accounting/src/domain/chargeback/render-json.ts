import { snakeCase } from '@switchyard/kernel';
import { type Chargeback, digestOf } from './statement.ts';

/** Statements as one JSON object, a piece at a time. Money is nano-USD as text. */
export function* renderJson(chargeback: Chargeback): Generator<string> {
  const { period, rule, teamBy, closed, days, statements, unallocated } = chargeback;
  const head = {
    period: `${new Date(period.fromMs).toISOString()}/${new Date(period.toMs).toISOString()}`,
    shared_costs: rule,
    team_by: teamBy,
    closed,
    digest: digestOf(chargeback),
    ledger_days: days,
    unallocated: unallocated,
  };
  yield `${JSON.stringify(head, replaceForJson).slice(0, -1)},"statements":[`;
  for (const [i, statement] of statements.entries())
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(statement, replaceForJson)}`;
  yield ']}\n';
}

/** Names as the rest of the API's JSON has them. */
function replaceForJson(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [snakeCase(name), member]));
}
