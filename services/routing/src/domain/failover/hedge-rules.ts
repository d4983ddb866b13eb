import { HedgeUse, Purpose } from '@switchyard/contracts/routing';
import type { Operation } from '@switchyard/llm';
import { type PolicyScope, policiesOf } from '../request/policies-of.ts';

/** How a request is hedged. */
export interface HedgeRules {
  /** How long the first candidate may be silent before, in milliseconds; undefined: as long as is usual for it. */
  readonly delayMs: number | undefined;
}

/** How a request is hedged; undefined: not at all. Of request, pool and policies the stricter counts, and the longest delay. */
export function hedgeRulesOf({ kind, request }: Operation, scope: PolicyScope): HedgeRules | undefined {
  if (kind !== 'chat' || request.failover?.allowed === false) return undefined;
  const own = request.hedge && { ...request.hedge, use: request.hedge.use || HedgeUse.ON };
  const policies = request.purpose === Purpose.PROBE ? [] : policiesOf(scope, ({ hedge }) => hedge);
  const said = own === undefined ? policies : [own, ...policies];
  const uses = said.map(({ use }) => use);
  if (uses.includes(HedgeUse.OFF) || !uses.includes(HedgeUse.ON)) return undefined;
  const delays = said.flatMap(({ delayMs }) => delayMs ?? []);
  return { delayMs: delays.length === 0 ? undefined : Math.max(...delays) };
}
