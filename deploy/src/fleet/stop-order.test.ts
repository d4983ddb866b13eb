import { expect, it } from 'vitest';
import { inStopOrder } from './stop-order.ts';

it('ends routing before the ledger, the ledger before credential, and the simulator last', () => {
  const names = [
    'simulator',
    'credential',
    'routing-2',
    'cost-accounting',
    'connector',
    'routing',
    'health-probe',
  ];
  expect(inStopOrder(names.map((name) => ({ name }))).map((group) => group.map(({ name }) => name))).toEqual([
    ['routing-2', 'connector', 'routing', 'health-probe'],
    ['cost-accounting'],
    ['credential'],
    ['simulator'],
  ]);
});
