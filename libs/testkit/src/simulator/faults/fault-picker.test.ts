import { describe, expect, test } from 'vitest';
import { seededRandom } from '../answer/seeded-random.ts';
import type { Fault, FaultRule } from './fault.ts';
import { armFaults } from './fault-picker.ts';

const reset: Fault = { type: 'reset' };
const stall: Fault = { type: 'stall' };

function strikes(rules: readonly FaultRule[], calls: number, seed = 1): string[] {
  const picker = armFaults(rules);
  const random = seededRandom(seed);
  return Array.from({ length: calls }, () => picker.pick({ model: 'm', stream: true }, random)?.type ?? '-');
}

describe('fault rules', () => {
  test('pass some, strike some, and are spent', () => {
    expect(strikes([{ after: 1, count: 2, fault: reset }], 5)).toEqual(['-', 'reset', 'reset', '-', '-']);
  });

  test('are tried in order: a spent one gives way to the next', () => {
    expect(strikes([{ count: 1, fault: reset }, { fault: stall }], 3)).toEqual(['reset', 'stall', 'stall']);
  });

  test('strike only what they match', () => {
    const elsewhere = [
      { match: { model: 'other' }, fault: reset },
      { match: { stream: false }, fault: reset },
    ];
    expect(strikes(elsewhere, 1)).toEqual(['-']);
    expect(strikes([{ match: { model: 'm', stream: true }, fault: reset }], 1)).toEqual(['reset']);
  });

  test('strike with their probability, the same way for the same seed', () => {
    const rules = [{ probability: 0.1, fault: reset }];
    const struck = strikes(rules, 10_000).filter((type) => type === 'reset').length;
    expect(struck).toBeGreaterThan(900);
    expect(struck).toBeLessThan(1_100);
    expect(strikes(rules, 1_000, 4)).toEqual(strikes(rules, 1_000, 4));
    expect(strikes(rules, 1_000, 4)).not.toEqual(strikes(rules, 1_000, 5));
    expect(strikes([{ probability: 0, fault: reset }], 100)).not.toContain('reset');
  });
});
