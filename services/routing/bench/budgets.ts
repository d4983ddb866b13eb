import { exchangeLeases, leaseKeyText, WindowAccount } from '@switchyard/budget';
import { systemClock } from '@switchyard/kernel';
import type { BoundBudget, BudgetUnit } from '../src/domain/budget/bound-budget.ts';
import { BudgetBook } from '../src/domain/budget/budget-book.ts';
import { BudgetLeases } from '../src/runtime/budgets/budget-leases.ts';

/**
 * `npm run bench -- budgets`: CPU time of holding an attempt against hard budgets and settling it, with what is written into its
 * records, in one thread: without budgets, with 1,000 budgets that do not count it, and with six that do beside them.
 */
const WARM_UP = 50_000;
const HOLDS = 200_000;
const OTHERS = 1_000;
const LIMIT = 10n ** 15n;
const WINDOWS = [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }];
const CALL = { tenant: 't', keyId: 'k', provider: 'p', model: 'm' };
const USED = { costNanoUsd: 500n, usage: { inputTokens: 300, outputTokens: 200, estimated: false } };

const scope = { keyId: '', provider: '', model: '' };
const covering: Pick<BoundBudget, 'tenant' | 'scope' | 'unit'>[] = [
  { tenant: '', scope, unit: 'cost' },
  { tenant: 't', scope, unit: 'cost' },
  { tenant: 't', scope, unit: 'requests' },
  { tenant: 't', scope: { ...scope, keyId: 'k' }, unit: 'cost' },
  { tenant: 't', scope: { ...scope, provider: 'p' }, unit: 'tokens' },
  { tenant: 't', scope: { ...scope, provider: 'p', model: 'm' }, unit: 'cost' },
];
const others = Array.from({ length: OTHERS }, (_, i) => ({
  tenant: i % 2 === 0 ? 't' : `t${i}`,
  scope: { ...scope, keyId: `k${i}` },
  unit: 'cost' as const,
}));

say(`Node ${process.version}, ${HOLDS} attempts each\n`);
say('| budgets | covering | CPU µs of hold and settle |\n| ---: | ---: | ---: |');
for (const budgets of [[], others, [...covering, ...others]]) {
  const leases = granted(budgets.map(numbered));
  const count = new BudgetBook('1', budgets.map(numbered)).covering(CALL).length;
  say(`| ${budgets.length} | ${count} | ${measure(leases).toFixed(2)} |`);
}

/** A replica with more than it needs of every window. */
function granted(budgets: readonly BoundBudget[]): BudgetLeases {
  const windows = new Map(
    budgets.map(({ number, limit }) => [
      leaseKeyText({ budget: number, startMs: 0 }),
      new WindowAccount({ isOpen: true, limit, spent: 0n, leases: new Map() }),
    ]),
  );
  const leases = new BudgetLeases({
    owner: 'o',
    clock: systemClock,
    onWaited: () => undefined,
    onRefused: () => undefined,
  });
  const exchange = () => {
    const turn = leases.plan();
    leases.apply(turn, exchangeLeases(turn.told, { windows, replicas: 1 }));
  };
  leases.onWanted(exchange);
  leases.setBook(new BudgetBook('1', budgets));
  exchange();
  // The first attempt waits for all that the others need.
  void leases.admit({ ...CALL, patience: 'exchange', mostUsed: () => LIMIT / 2n });
  exchange();
  return leases;
}

function measure(leases: BudgetLeases): number {
  for (let i = 0; i < WARM_UP; i++) holdAndSettle(leases);
  const begin = process.cpuUsage();
  for (let i = 0; i < HOLDS; i++) holdAndSettle(leases);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / HOLDS;
}

function holdAndSettle(leases: BudgetLeases): void {
  const admission = leases.admit({ ...CALL, patience: 'recall', mostUsed });
  if (admission instanceof Promise || admission.kind !== 'admitted') throw new Error('it has no room');
  const { hold } = admission;
  if (hold.uses.length > covering.length) throw new Error('it is counted by others');
  hold.settle(hold.realUses(USED));
}

function mostUsed(unit: BudgetUnit): bigint {
  return unit === 'requests' ? 1n : 1_000n;
}

function numbered(traits: Pick<BoundBudget, 'tenant' | 'scope' | 'unit'>, i: number): BoundBudget {
  return { ...traits, number: i + 1, id: `b${i}`, limit: LIMIT, throttledAtPercent: 0, windows: WINDOWS };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
