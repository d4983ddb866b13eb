import {
  Experiment,
  ExperimentMetric,
  ExperimentResults,
  ExperimentState,
  StickyKey,
} from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { renderExperiment, renderExperiments } from './render-experiment.ts';

const experiment = Experiment.fromPartial({
  id: 'e1',
  model: 'chat',
  variants: [
    { name: 'control', model: 'large', weight: 70 },
    { name: 'new', model: 'small', weight: 30 },
  ],
  stickyBy: StickyKey.AGENT,
  state: ExperimentState.RUNNING,
  startedAt: new Date(0),
});

const results = ExperimentResults.fromPartial({
  variants: [
    {
      name: 'control',
      requests: 700n,
      failures: 7n,
      costNanoUsd: { count: 693n, mean: 2_000_000 },
      latencyMs: { count: 693n, mean: 1_250 },
      errorRate: { count: 700n, mean: 0.01 },
    },
    {
      name: 'new',
      requests: 300n,
      costNanoUsd: { count: 300n, mean: 200_000, difference: -1_800_000, margin: 100_000, pValue: 1e-9 },
      latencyMs: { count: 300n, mean: 1_300, difference: 50, margin: 60, pValue: 0.25 },
      errorRate: { count: 300n, mean: 0, difference: -0.01, margin: 0.02, pValue: 0.5 },
    },
  ],
  winner: 'new',
  method: 'a test',
});

test('a table has a row for each variant, and a sentence names the winner', () => {
  expect(renderExperiment(experiment, results)).toBe(
    [
      'Experiment e1 of the installation: running. Divides chat by agent; compares cost at 0.05.',
      '',
      'VARIANT  MODEL   SHARE  REQUESTS  ERROR RATE  MEAN COST  MEAN LATENCY     COST DIFFERENCE         P',
      'control  large  70.0 %       700       1.0 %     $0.002         1.3 s           (control)         –',
      'new      small  30.0 %       300       0.0 %    $0.0002         1.3 s  -$0.0018 ± $0.0001  < 0.0001',
      '',
      'Winner: new. Against control: -$0.0018 ± $0.0001 (p < 0.0001).',
      'Test: a test.',
      '',
    ].join('\n'),
  );
});

test('the difference is of the metric that decides, in its unit', () => {
  const by = (metric: ExperimentMetric) =>
    renderExperiment({ ...experiment, metric }, { ...results, winner: '' });
  expect(by(ExperimentMetric.LATENCY)).toMatch(/LATENCY DIFFERENCE.*\n.*\nnew .* \+50 ms ± 60 ms +0\.2500\n/);
  expect(by(ExperimentMetric.ERROR_RATE)).toMatch(
    /ERROR RATE DIFFERENCE.*\n.*\nnew .* -1\.0 % ± 2\.0 % +0\.5000\n/,
  );
  expect(by(ExperimentMetric.COST)).toContain('No winner: no difference has been shown yet.');
});

test('the control wins where every other is worse; what is not shown to a tenant is said', () => {
  expect(renderExperiment(experiment, { ...results, winner: 'control' })).toContain(
    'Winner: control, the control. Every other variant is worse.',
  );
  const hidden = renderExperiment({ ...experiment, description: 'Is small enough?' }, undefined);
  expect(hidden).toContain('Is small enough?');
  expect(hidden).toMatch(/new +small +30\.0 % +– /);
  expect(hidden).toContain('a key of the installation shows them');
});

test('the list says whose each is and where it stands', () => {
  const promoted = {
    ...experiment,
    id: 'e2',
    tenant: 'acme',
    state: ExperimentState.PROMOTED,
    promoted: 'new',
  };
  expect(renderExperiments([experiment, promoted])).toBe(
    [
      'ID  TENANT          MODEL  STATE            VARIANTS     METRIC  STARTED',
      'e1  (installation)  chat   running          control new  cost    1970-01-01T00:00:00.000Z',
      'e2  acme            chat   new is promoted  control new  cost    1970-01-01T00:00:00.000Z',
      '',
    ].join('\n'),
  );
});
