import { Experiment, ExperimentMetric, StickyKey } from '@switchyard/contracts/routing';
import { type Random, seededRandom } from '@switchyard/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignVariant, type Weighted } from '../../src/domain/experiment/assign-variant.ts';
import { experimentResults, type VariantTally } from '../../src/domain/experiment/experiment-results.ts';
import { groupOf } from '../../src/domain/experiment/group-of.ts';
import {
  compareSequentially,
  type Moments,
  type Sample,
} from '../../src/domain/experiment/sequential-test.ts';

type Named = Weighted & { readonly name: string };

describe('assignment', () => {
  const variants: [Named, ...Named[]] = [
    { name: 'control', weight: 70 },
    { name: 'none', weight: 0 },
    { name: 'new', weight: 30 },
  ];

  test('a key keeps its variant', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (experiment, key) => {
        expect(assignVariant(experiment, key, variants)).toBe(assignVariant(experiment, key, variants));
      }),
    );
  });

  test('the ratio is exact within what chance allows', () => {
    const draws = 100_000;
    let control = 0;
    for (let i = 0; i < draws; i++) {
      const { name } = assignVariant('e1', `agent-${i}`, variants);
      expect(name).not.toBe('none');
      if (name === 'control') control++;
    }
    // Five standard deviations.
    expect(Math.abs(control / draws - 0.7)).toBeLessThan(5 * Math.sqrt((0.7 * 0.3) / draws));
  });

  test('two experiments divide the same keys independently', () => {
    let both = 0;
    for (let i = 0; i < 100_000; i++) {
      const first = assignVariant('e1', `agent-${i}`, variants).name;
      if (first === 'new' && assignVariant('e2', `agent-${i}`, variants).name === 'new') both++;
    }
    expect(Math.abs(both / 100_000 - 0.09)).toBeLessThan(0.005);
  });
});

describe('sequential test', () => {
  type Draw = (random: Random) => number;
  const normal: Draw = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const failure =
    (rate: number): Draw =>
    (random) =>
      random() < rate ? 1 : 0;
  /** Costs and latencies: a long tail. */
  const longTailed: Draw = (random) => Math.exp(normal(random));

  const OBSERVATIONS = 4_000;

  interface Sides {
    readonly control: Draw;
    readonly variant: Draw;
    /** Share of observations of the control. */
    readonly share: number;
  }

  /** Looks after every twentieth observation; whether a difference is ever announced at the level. */
  function everAnnounced({ control, variant, share }: Sides, random: Random): boolean {
    const sides = [moments(), moments()] as const;
    for (let i = 1; i <= OBSERVATIONS; i++) {
      if (random() < share) add(sides[0], control(random));
      else add(sides[1], variant(random));
      if (i % 20 !== 0) continue;
      const compared = compareSequentially(sides[0], sides[1], 0.05);
      if (compared !== undefined && compared.pValue <= 0.05) return true;
    }
    return false;
  }

  function shareAnnounced(sides: Sides, runs: number): number {
    let announced = 0;
    for (let seed = 0; seed < runs; seed++) if (everAnnounced(sides, seededRandom(BigInt(seed)))) announced++;
    return announced / runs;
  }

  test.each([
    { what: 'a latency', draw: normal, share: 0.5 },
    { what: 'a cost with a long tail', draw: longTailed, share: 0.5 },
    { what: 'a cost with a long tail, split 90 to 10', draw: longTailed, share: 0.9 },
    { what: 'a failure in ten', draw: failure(0.1), share: 0.5 },
    { what: 'a failure in fifty, split 90 to 10', draw: failure(0.02), share: 0.9 },
  ])(
    '$what: 2,000 A/A tests, looked at all the time, announce a difference in at most 5 %',
    ({ draw, share }) => {
      expect(shareAnnounced({ control: draw, variant: draw, share }, 2_000)).toBeLessThanOrEqual(0.05);
    },
  );

  test('looking at a plain z-test all the time would announce far more: the guard is needed', () => {
    let announced = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(BigInt(seed));
      const sides = [moments(), moments()] as const;
      for (let i = 1; i <= OBSERVATIONS; i++) {
        add(sides[0], normal(random));
        add(sides[1], normal(random));
        const z = (sides[1].sum - sides[0].sum) / i / Math.sqrt(2 / i);
        if (i >= 100 && i % 10 === 0 && Math.abs(z) > 1.96) {
          announced++;
          break;
        }
      }
    }
    expect(announced / 300).toBeGreaterThan(0.15);
  });

  interface Sticking {
    readonly agents: number;
    /** Cost of the variant by that of the control. */
    readonly effect: number;
    readonly taken: 'by groups' | 'as independent';
    readonly runs: number;
  }

  /** How often a difference is announced among agents that are more or less expensive, each with a variant of its own. */
  function shareAnnouncedByAgent({ runs, ...sticking }: Sticking): number {
    let announced = 0;
    for (let seed = 0; seed < runs; seed++) if (everAnnouncedByAgent(sticking, seed)) announced++;
    return announced / runs;
  }

  function everAnnouncedByAgent({ agents, effect, taken }: Omit<Sticking, 'runs'>, seed: number): boolean {
    const random = seededRandom(BigInt(seed));
    const each = Array.from({ length: agents }, (_, i) => ({
      mean: Math.exp(0.5 * normal(random)),
      isNew: random() < 0.5,
      group: groupOf(`e${seed}`, `agent-${i}`),
    }));
    const control = sideOf();
    const variant = sideOf();
    for (let i = 1; i <= OBSERVATIONS; i++) {
      const { mean, isNew, group } = each[Math.floor(random() * agents)] as (typeof each)[number];
      const side = isNew ? variant : control;
      const value = mean * Math.exp(0.5 * normal(random)) * (isNew ? effect : 1);
      add(side.all, value);
      add(side.groups[group] as Counted, value);
      if (i % 20 !== 0) continue;
      const [before, after] = [control, variant].map(({ all, groups }) =>
        taken === 'by groups' ? { ...all, groups: groups.filter(({ count }) => count > 0) } : all,
      ) as [Sample, Sample];
      const compared = compareSequentially(before, after, 0.05);
      if (compared !== undefined && compared.pValue <= 0.05) return true;
    }
    return false;
  }

  const sideOf = () => ({ all: moments(), groups: Array.from({ length: 100 }, moments) });

  test.each([{ agents: 80 }, { agents: 200 }, { agents: 1_000 }])(
    'assignments that stick to $agents agents: 2,000 A/A tests announce a difference in at most 5 %',
    ({ agents }) => {
      const share = shareAnnouncedByAgent({ agents, effect: 1, taken: 'by groups', runs: 2_000 });
      expect(share).toBeLessThanOrEqual(0.05);
    },
    180_000,
  );

  test('taking requests of one agent for independent would announce far more: the groups are needed', () => {
    const share = shareAnnouncedByAgent({ agents: 200, effect: 1, taken: 'as independent', runs: 200 });
    expect(share).toBeGreaterThan(0.2);
  });

  test('a third less is found among 300 agents in most runs; of a few agents nothing is said', () => {
    const found = shareAnnouncedByAgent({ agents: 300, effect: 0.67, taken: 'by groups', runs: 100 });
    expect(found).toBeGreaterThan(0.9);
    expect(shareAnnouncedByAgent({ agents: 15, effect: 0.1, taken: 'by groups', runs: 20 })).toBe(0);
  });

  test('a difference of a fifth of a standard deviation is found in most runs', () => {
    const shifted: Draw = (random) => normal(random) + 0.2;
    expect(shareAnnounced({ control: normal, variant: shifted, share: 0.5 }, 200)).toBeGreaterThan(0.9);
  });

  test('interval and p-value say the same: the level is met exactly where the interval ends at 0', () => {
    const control = { count: 1_000, sum: 0, sumOfSquares: 1_000 };
    const compared = compareSequentially(control, { ...control, sum: 100 }, 0.05);
    const atEdge = compareSequentially(control, { ...control, sum: 1_000 * (compared?.margin ?? 0) }, 0.05);
    expect(atEdge?.pValue).toBeCloseTo(0.05, 1);
    expect(compareSequentially({ ...control, count: 99 }, control, 0.05)).toBeUndefined();
    const constant = { count: 1_000, sum: 1_000, sumOfSquares: 1_000 };
    expect(compareSequentially(constant, constant, 0.05)).toBeUndefined();
  });
});

type Counted = { -readonly [K in keyof Moments]: number };

const moments = (): Counted => ({ count: 0, sum: 0, sumOfSquares: 0 });

function add(to: Counted, value: number): void {
  to.count++;
  to.sum += value;
  to.sumOfSquares += value ** 2;
}

describe('results', () => {
  /** Requests that cost so much each, half a USD more or less. */
  function tally(requests: number, meanUsd: number): VariantTally {
    const costs = Array.from({ length: requests }, (_, i) => (meanUsd + (i % 2 === 0 ? 0.5 : -0.5)) * 1e9);
    const cost = moments();
    for (const value of costs) add(cost, value);
    return { requests, failures: 0, cost, latency: moments() };
  }
  const experiment = Experiment.fromPartial({
    metric: ExperimentMetric.COST,
    variants: ['control', 'cheap', 'cheaper'].map((name) => ({ name, model: name, weight: 1 })),
  });
  const winner = (...means: number[]) => {
    const names = ['control', 'cheap', 'cheaper'];
    const tallies = new Map(means.map((mean, i) => [names[i] as string, tally(1_000, mean)]));
    return experimentResults(experiment, tallies).winner;
  };

  test('the best of those that are better wins; the control where all others are worse; else nobody', () => {
    expect(winner(5, 4, 3)).toBe('cheaper');
    expect(winner(5, 4, 5)).toBe('cheap');
    expect(winner(3, 4, 5)).toBe('control');
    expect(winner(3, 3, 5)).toBe('');
    expect(winner()).toBe('');
  });

  test('each variant has its counts, and its difference from the control with the interval', () => {
    const { variants } = experimentResults(
      experiment,
      new Map([
        ['control', tally(200, 5)],
        ['cheap', tally(200, 4)],
      ]),
    );
    expect(variants[0]?.costNanoUsd).toMatchObject({ count: 200n, mean: 5e9, difference: undefined });
    expect(variants[1]?.costNanoUsd).toMatchObject({ count: 200n, mean: 4e9, difference: -1e9 });
    expect(variants[1]?.costNanoUsd?.margin).toBeGreaterThan(0);
    expect(variants[1]?.latencyMs).toMatchObject({ count: 0n, mean: undefined, pValue: undefined });
    expect(variants[2]).toMatchObject({ name: 'cheaper', requests: 0n, errorRate: { count: 0n } });
  });

  test('a sticky experiment is judged by its groups, and says so', () => {
    const sticky = { ...experiment, stickyBy: StickyKey.AGENT };
    const grouped = (mean: number, groups: number) => ({
      ...tally(1_000, mean),
      groups: Array.from({ length: groups }, () => tally(1_000 / groups, mean)),
    });
    const resultsOf = (groups: number) =>
      experimentResults(
        { ...sticky, variants: sticky.variants.slice(0, 2) },
        new Map([
          ['control', grouped(5, groups)],
          ['cheap', grouped(4, groups)],
        ]),
      );
    expect(resultsOf(20)).toMatchObject({ winner: 'cheap', method: expect.stringContaining('Cochran') });
    expect(resultsOf(10)).toMatchObject({ winner: '' });
    expect(experimentResults(experiment, new Map()).method).not.toContain('Cochran');
  });

  test('failures decide where they are the metric', () => {
    const byErrors = { ...experiment, metric: ExperimentMetric.ERROR_RATE };
    const failing = (failures: number) => ({ ...tally(1_000, 1), failures });
    const tallies = new Map([
      ['control', failing(100)],
      ['cheap', failing(10)],
      ['cheaper', failing(100)],
    ]);
    const { winner, variants } = experimentResults(byErrors, tallies);
    expect(winner).toBe('cheap');
    expect(variants[1]?.errorRate).toMatchObject({ mean: 0.01, difference: expect.closeTo(-0.09, 9) });
  });
});
