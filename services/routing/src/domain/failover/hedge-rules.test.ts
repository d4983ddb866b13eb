import { CompleteRequest, HedgeRule, HedgeUse, Policy, Purpose } from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import type { SnapshotPool } from '../snapshot/snapshot-pool.ts';
import { hedgeRulesOf } from './hedge-rules.ts';

type Rule = Parameters<typeof HedgeRule.fromPartial>[0];
interface Said {
  readonly request?: Rule;
  readonly pool?: Rule;
  readonly tenant?: Rule;
  readonly installation?: Rule;
  readonly change?: Parameters<typeof CompleteRequest.fromPartial>[0];
}

function rulesOf({ request, pool, tenant, installation, change }: Said) {
  const policies = new Map<string, Policy>();
  if (tenant !== undefined) policies.set('acme', Policy.fromPartial({ tenant: 'acme', hedge: tenant }));
  if (installation !== undefined) policies.set('', Policy.fromPartial({ hedge: installation }));
  const asked = { hedge: pool && HedgeRule.fromPartial(pool) } as SnapshotPool;
  return hedgeRulesOf(chatOf(CompleteRequest.fromPartial({ hedge: request, ...change })), {
    tenant: 'acme',
    snapshot: { policies },
    understood: { selector: pool === undefined ? { kind: 'auto' } : { kind: 'pool', pool: asked } },
  });
}

const ON = { use: HedgeUse.ON };
const OFF = { use: HedgeUse.OFF };

test.each<[string, Said]>([
  ['nobody says anything', {}],
  ['a policy only states a delay', { tenant: { delayMs: 5 } }],
  ['the request says off', { request: OFF, tenant: ON }],
  ['the pool says off', { request: ON, pool: OFF }],
  ['the tenant says off', { request: {}, tenant: OFF, installation: ON }],
  ['the installation says off', { pool: ON, tenant: ON, installation: OFF }],
  ['a policy says on, and it is a probe', { tenant: ON, change: { purpose: Purpose.PROBE } }],
  ['failover is not allowed', { request: ON, change: { failover: { allowed: false } } }],
])('it is not hedged where %s', (_, said) => {
  expect(rulesOf(said)).toBeUndefined();
});

test.each<[string, Said]>([
  ['the request says on', { request: ON }],
  ['the request has the field', { request: {} }],
  ['the pool says on', { pool: ON }],
  ['the tenant says on', { tenant: ON }],
  ['the installation says on', { installation: ON }],
])('it is hedged after what is usual where %s', (_, said) => {
  expect(rulesOf(said)).toEqual({ delayMs: undefined });
});

test('the longest delay that anybody states counts', () => {
  const said = { request: { delayMs: 10 }, pool: { delayMs: 30 }, tenant: { delayMs: 20 }, installation: ON };
  expect(rulesOf(said)).toEqual({ delayMs: 30 });
});
