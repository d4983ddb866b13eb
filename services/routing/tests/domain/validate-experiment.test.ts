import { Experiment, ExperimentState, StickyKey } from '@switchyard/contracts/routing';
import { describe, expect, test } from 'vitest';
import {
  promoteVariant,
  type StateChange,
  startExperiment,
  stopExperiment,
} from '../../src/domain/experiment/change-state.ts';
import { validateExperiment } from '../../src/domain/experiment/validate-experiment.ts';
import { nearNames } from '../../src/domain/request/near-names.ts';

type PartialExperiment = Parameters<typeof Experiment.fromPartial>[0];

const sound: PartialExperiment = {
  id: 'e1',
  model: 'chat',
  variants: [
    { name: 'control', model: 'chat', weight: 1 },
    { name: 'new', model: 'small', weight: 0 },
  ],
};
const [control, other] = sound.variants as NonNullable<PartialExperiment['variants']>;
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `v${i}`, model: 'small', weight: 1 }));

function problems(change: PartialExperiment, experiments: PartialExperiment[] = []): string[] {
  const known = ['chat', 'small', 'auto'];
  const found = validateExperiment(Experiment.fromPartial({ ...sound, ...change }), {
    isKnown: (model) => known.includes(model),
    near: (model) => nearNames(model, { names: known }),
    experiments: experiments.map((one) => Experiment.fromPartial({ ...sound, ...one })),
  });
  return found.map(({ field, description }) => `${field}: ${description}`);
}

test('an experiment that is in order has nothing against it', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ variants: many(8), significance: 0.5 })).toEqual([]);
  expect(problems({ stickyBy: StickyKey.LABEL, stickyLabel: 'team', significance: 0.001 })).toEqual([]);
});

test.each<[string, PartialExperiment, string]>([
  ['an id with capitals', { id: 'E1' }, 'experiment.id: must have'],
  ['no id', { id: '' }, 'experiment.id: must have'],
  ['a long tenant', { tenant: 'x'.repeat(65) }, 'experiment.tenant: must be 1 to 64 of'],
  ['a long description', { description: 'x'.repeat(1_025) }, 'experiment.description: must have at most'],
  ['no model', { model: '' }, 'experiment.model: must have 1 to 256'],
  ['a long model', { model: 'x'.repeat(257) }, 'experiment.model: must have 1 to 256'],
  ['an unknown model', { model: 'chatt' }, 'experiment.model: no configured provider offers the model chatt'],
  ['one variant', { variants: many(1) }, 'experiment.variants: must be 2 to 8'],
  ['nine variants', { variants: many(9) }, 'experiment.variants: must be 2 to 8'],
  ['no variants', { variants: [] }, 'experiment.variants: must be 2 to 8'],
  ['two of one name', { variants: [control, control] as never }, 'experiment.variants[1].name: control is'],
  ['a nameless one', { variants: [control, { ...other, name: '' }] as never }, 'experiment.variants[1].name'],
  ['weights of 0', { variants: many(2).map((v) => ({ ...v, weight: 0 })) }, 'experiment.variants: have a'],
  [
    'a heavy one',
    { variants: [control, { ...other, weight: 1_000_001 }] as never },
    'experiment.variants[1].weight',
  ],
  [
    'a variant that nobody offers',
    { variants: [control, { ...other, model: 'smal' }] as never },
    'experiment.variants[1].model: no configured provider offers the model smal, and no pool is called so; near it: small',
  ],
  ['significance 0', { significance: 0 }, 'experiment.significance: must be above 0 and at most 0.5'],
  ['significance above a half', { significance: 0.51 }, 'experiment.significance'],
  ['significance that is no number', { significance: Number.NaN }, 'experiment.significance'],
  ['a key without its label', { stickyBy: StickyKey.LABEL }, 'experiment.sticky_label: must have 1 to 128'],
  [
    'a label without its key',
    { stickyLabel: 'team' },
    'experiment.sticky_label: is for STICKY_KEY_LABEL only',
  ],
  ['an unknown key', { stickyBy: 99 as never }, 'experiment.sticky_by: must be one of STICKY_KEY_REQUEST, '],
  ['an unrecognised key', { stickyBy: -1 }, 'experiment.sticky_by'],
  [
    'an unknown metric',
    { metric: 99 as never },
    'experiment.metric: must be one of EXPERIMENT_METRIC_COST, ',
  ],
])('%s is told by field, alone', (_, change, begin) => {
  const found = problems(change);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(begin);
});

test('everything that is wrong is told at once', () => {
  expect(problems({ id: '', model: '', significance: 2 })).toHaveLength(3);
});

test('a variant that another experiment divides is refused: no request is divided twice', () => {
  const dividesSmall = { id: 'e2', model: 'small' };
  for (const state of [ExperimentState.RUNNING, ExperimentState.PROMOTED])
    expect(problems({}, [{ ...dividesSmall, state }])).toEqual([
      expect.stringContaining('experiment.variants[1].model: small is divided by the experiment e2'),
    ]);
  for (const state of [ExperimentState.DRAFT, ExperimentState.STOPPED])
    expect(problems({}, [{ ...dividesSmall, state }])).toEqual([]);
  // The control is the name itself, also where the installation divides it for others.
  expect(problems({}, [{ id: 'e2', state: ExperimentState.RUNNING }])).toEqual([]);
});

describe('states', () => {
  const now = new Date(5_000);
  const { DRAFT, RUNNING, STOPPED, PROMOTED } = ExperimentState;
  const act: Record<string, (experiment: Experiment) => StateChange> = {
    start: (experiment) => startExperiment(experiment, now),
    stop: (experiment) => stopExperiment(experiment, now),
    promote: (experiment) => promoteVariant(experiment, { variant: 'new', now }),
  };

  test.each([
    ['start', DRAFT, RUNNING],
    ['start', RUNNING, undefined],
    ['start', STOPPED, undefined],
    ['start', PROMOTED, undefined],
    ['stop', DRAFT, undefined],
    ['stop', RUNNING, STOPPED],
    ['stop', STOPPED, undefined],
    ['stop', PROMOTED, undefined],
    ['promote', DRAFT, undefined],
    ['promote', RUNNING, PROMOTED],
    ['promote', STOPPED, PROMOTED],
    ['promote', PROMOTED, undefined],
  ])('%s from %i gives %s', (action, from, to) => {
    const change = act[action]?.(Experiment.fromPartial({ ...sound, state: from }));
    expect(change?.kind === 'changed' ? change.experiment.state : undefined).toBe(to);
  });

  test('the moments of start and end are kept, and what was promoted', () => {
    const start = act.start?.(Experiment.fromPartial({ ...sound, state: DRAFT }));
    expect(start).toMatchObject({ experiment: { startedAt: now, endedAt: undefined } });
    const promoted = act.promote?.(Experiment.fromPartial({ ...sound, state: RUNNING }));
    expect(promoted).toMatchObject({ experiment: { promoted: 'new', endedAt: now } });
  });
});
