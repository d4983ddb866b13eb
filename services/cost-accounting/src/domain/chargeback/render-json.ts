import { snakeCase } from '@switchyard/kernel';
import { inPieces } from './pieces.ts';
import type { SignedChargeback } from './statement.ts';

/** Statements as one JSON object, a piece at a time. Money is nano-USD as text. */
export function* renderJson(chargeback: SignedChargeback): Generator<string> {
  const { period, rule, teamBy, closed, days, statements, unallocated, digest } = chargeback;
  const head = {
    period: `${new Date(period.fromMs).toISOString()}/${new Date(period.toMs).toISOString()}`,
    shared_costs: rule,
    team_by: teamBy,
    closed,
    digest,
    ledger_days: days,
    unallocated: unallocated,
  };
  yield `${JSON.stringify(head, replaceForJson).slice(0, -1)},"statements":[`;
  for (const [i, { tenant, lines, ...rest }] of statements.entries()) {
    yield `${i === 0 ? '' : ','}\n{"tenant":${JSON.stringify(tenant)},"lines":[`;
    let isFirst = true;
    for (const piece of inPieces(lines)) {
      yield `${isFirst ? '' : ','}${JSON.stringify(piece, replaceForJson).slice(1, -1)}`;
      isFirst = false;
    }
    yield `],${JSON.stringify(rest, replaceForJson).slice(1)}`;
  }
  yield ']}\n';
}

/** Names as the rest of the API's JSON has them. */
function replaceForJson(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [snakeCase(name), member]));
}
