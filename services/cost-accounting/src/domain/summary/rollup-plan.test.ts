import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollups, type SummaryOf } from './rollup-plan.ts';
import type { Grouping, SummaryQuery } from './summary-query.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const query = (change: Partial<SummaryQuery>): SummaryQuery => ({
  period: { fromMs: 0, toMs: DAY_MS },
  groupBy: [],
  filters: {},
  label: undefined,
  limit: 1_000,
  ...change,
});
const sourcesOf = (change: Partial<SummaryQuery>, of: SummaryOf = 'tenant') =>
  planRollups(query(change), of).map(({ source }) => source);

describe('planRollups', () => {
  it('covers a period once, in order, with whole days and hours of roll-ups', () => {
    const ms = fc.integer({ min: 0, max: 400 * DAY_MS });
    const by = fc.subarray<Grouping>(['tenant', 'hour', 'day', 'agent', 'label:team', 'model'], {
      maxLength: 4,
    });
    fc.assert(
      fc.property(ms, ms, by, fc.constantFrom<SummaryOf>('tenant', 'all'), (a, b, groupBy, of) => {
        const period = { fromMs: Math.min(a, b), toMs: Math.max(a, b) + 1 };
        const slices = planRollups(query({ period, groupBy }), of);
        let at = period.fromMs;
        for (const { source, fromMs, toMs } of slices) {
          expect(fromMs).toBe(at);
          expect(toMs).toBeGreaterThan(fromMs);
          const unit = source === 'ledger' ? 1 : source.endsWith('hours') ? HOUR_MS : DAY_MS;
          expect([fromMs % unit, toMs % unit]).toEqual([0, 0]);
          at = toMs;
        }
        expect(at).toBe(period.toMs);
      }),
    );
  });

  it('takes the coarsest roll-up that knows what is asked', () => {
    const period = { fromMs: 30 * 60_000, toMs: 3 * DAY_MS + HOUR_MS };
    expect(sourcesOf({ period, groupBy: ['provider', 'day'] })).toEqual(['ledger', 'hours', 'days', 'hours']);
    expect(sourcesOf({ period, groupBy: ['hour'] })).toEqual(['ledger', 'hours']);
    expect(sourcesOf({ period, groupBy: ['agent'] })).toEqual(['ledger', 'days', 'ledger']);
    expect(sourcesOf({ period, filters: { workflow: 'w' } })).toEqual(['ledger', 'days', 'ledger']);
    expect(sourcesOf({ period, groupBy: ['agent', 'hour'] })).toEqual(['ledger']);
    expect(sourcesOf({ period, groupBy: ['label:team'] })).toEqual(['ledger', 'labels', 'ledger']);
    expect(sourcesOf({ period, label: { name: 'team', value: 'a' }, groupBy: ['key'] })).toEqual(['ledger']);
    expect(sourcesOf({ period, groupBy: ['provider', 'day'] }, 'all')).toEqual([
      'ledger',
      'installation_hours',
      'installation_days',
      'installation_hours',
    ]);
    expect(sourcesOf({ period, groupBy: ['hour'] }, 'all')).toEqual(['ledger', 'installation_hours']);
    expect(sourcesOf({ period, groupBy: ['tenant'] }, 'all')).toEqual(['ledger', 'hours', 'days', 'hours']);
  });
});
