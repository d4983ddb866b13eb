import { expect, test } from 'vitest';
import { Strategy } from './gen/switchyard/routing/v1/requirements.ts';
import { STRATEGY_NAMES, strategyName, strategyNamed } from './strategy-names.ts';

test('every strategy has a name, and is found by it in each spelling', () => {
  expect(STRATEGY_NAMES).toEqual([
    'priority',
    'cost',
    'weighted',
    'least_loaded',
    'latency',
    'health',
    'least_recently_used',
    'composite',
  ]);
  for (const name of STRATEGY_NAMES) {
    const strategy = strategyNamed(name);
    expect(strategy).toBeGreaterThan(Strategy.UNSPECIFIED);
    expect(strategyNamed(`STRATEGY_${name.toUpperCase()}`)).toBe(strategy);
    expect(strategyNamed(name.replaceAll('_', '-'))).toBe(strategy);
    expect(strategyName(strategy as Strategy)).toBe(name);
  }
});

test('what is no strategy has none', () => {
  for (const name of ['', 'luck', 'unspecified', 'unrecognized', 'STRATEGY_UNSPECIFIED', 'constructor'])
    expect(strategyNamed(name), name).toBeUndefined();
  expect(strategyName(Strategy.UNSPECIFIED)).toBeUndefined();
});
