import { DeliveryState } from '@switchyard/contracts/alert';
import {
  Budget,
  BudgetAlertKind,
  BudgetEnforcement,
  BudgetPeriod,
  BudgetUnit,
} from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import type { CommandInput } from '../command.ts';
import { readBudget } from './read-budget.ts';
import { describeBudget, renderBudgetAlerts, renderBudgets } from './render-budgets.ts';

const read = (options: CommandInput['options']) => readBudget('daily', { options } as CommandInput);

test('budgets are shown with what is spent, leased and left', () => {
  const found = [
    {
      id: 'daily',
      tenant: 'acme',
      limit: 5_000_000_000n,
      unit: BudgetUnit.COST,
      period: BudgetPeriod.DAY,
      standing: {
        spent: 1_250_000_000n,
        leased: 500_000_000n,
        windowEnd: new Date('2026-12-01T00:00:00Z'),
      },
      alerts: [
        {
          kind: BudgetAlertKind.THRESHOLD,
          percent: 20,
          ...{ spent: 1_000_000_000n, limit: 5_000_000_000n, firedAt: new Date('2026-11-30T08:00:00Z') },
          deliveries: [
            { receiver: '', event: 'firing', state: DeliveryState.DELIVERED, attempts: 1 },
            {
              receiver: 'ops',
              event: 'firing',
              state: DeliveryState.PENDING,
              attempts: 2,
              lastError: 'HTTP 503',
            },
          ],
        },
      ],
    },
    {
      id: 'planner',
      limit: 1_000n,
      unit: BudgetUnit.TOKENS,
      period: BudgetPeriod.TOTAL,
      scope: { agent: 'planner' },
      enforcement: BudgetEnforcement.ALERT,
      standing: { spent: 1_200n },
    },
  ].map((budget) => Budget.fromPartial(budget));
  expect(renderBudgets(found)).toBe(
    [
      'BUDGET   FOR                                LIMIT  PER            SPENT    LEASED         LEFT  AT THE LIMIT  LAST ALERT                        BEGINS ANEW',
      'daily    tenant acme                           $5  day            $1.25      $0.5        $3.25  refuse        20 % at 2026-11-30T08:00:00.000Z  2026-12-01T00:00:00.000Z',
      'planner  all tenants, agent planner  1,000 tokens  in all  1,200 tokens  0 tokens  -200 tokens  alert         –                                 never',
      '',
    ].join('\n'),
  );
  expect(renderBudgetAlerts(found[0] as Budget)).toBe(
    [
      'REACHED  AT                        SPENT  LEASED  LIMIT  TOLD',
      '20 %     2026-11-30T08:00:00.000Z     $1      $0     $5  nats firing, ops firing (pending, 2 tried: HTTP 503)',
      '',
    ].join('\n'),
  );
  expect(describeBudget(found[0] as Budget)).toBe(
    'daily: $5 a day for tenant acme; $1.25 spent, $0.5 leased, $3.25 left until 2026-12-01T00:00:00.000Z',
  );
});

test('a budget is read from its options', () => {
  expect(
    read({ usd: '12.5', per: 'day', key: 'key-1', alerts: ['50,90'], 'time-zone': 'Europe/Berlin' }),
  ).toMatchObject({
    id: 'daily',
    limit: 12_500_000_000n,
    unit: BudgetUnit.COST,
    period: BudgetPeriod.DAY,
    timeZone: 'Europe/Berlin',
    enforcement: BudgetEnforcement.REFUSE,
    scope: { keyId: 'key-1' },
    alertPercents: [50, 90],
  });
  expect(read({ tokens: '7', 'alert-only': true, agent: 'planner' })).toMatchObject({
    limit: 7n,
    unit: BudgetUnit.TOKENS,
    period: BudgetPeriod.MONTH,
    enforcement: BudgetEnforcement.ALERT,
  });
});

test.each([
  [{}, 'one limit'],
  [{ usd: '1', tokens: '1' }, 'one limit'],
  [{ usd: '-1' }, '--usd'],
  [{ usd: '0' }, '--usd'],
  [{ usd: '0.0000000001' }, '--usd'],
  [{ requests: '1.5' }, '--requests'],
  [{ usd: '1', per: 'fortnight' }, '--per'],
  [{ usd: '1', alerts: ['half'] }, '--alerts'],
])('%j is refused, by the option', (options, message) => {
  expect(() => read(options)).toThrow(message);
});
