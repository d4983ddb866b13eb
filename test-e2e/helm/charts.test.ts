import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARTS, type Chart, HELM, SERVICES } from './charts.ts';
import { podsOf } from './kubernetes.ts';
import { RenderedCharts, VALUES_FILES } from './rendered-charts.ts';
import { valueFiles } from './values/value-files.ts';

let charts: RenderedCharts;

beforeAll(() => {
  charts = new RenderedCharts();
});

afterAll(() => charts?.[Symbol.dispose]());

describe.each(VALUES_FILES)('with values/%s.yaml', (file) => {
  it.each(CHARTS)('%s lints', (chart) => {
    const { exitCode, stdout, stderr } = charts.lint(chart, file);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).not.toContain('[WARNING]');
  });

  it.each(CHARTS)('%s renders what a service is made of', (chart) => {
    const objects = charts.objects(chart, file);
    const services = chart === 'switchyard' ? SERVICES : [chart];
    const workloads = podsOf(objects).filter(({ manifest }) => manifest.kind !== 'Job');
    expect(workloads).toHaveLength(services.length);
    for (const kind of ['ServiceAccount', 'ConfigMap', 'PodDisruptionBudget', 'Job']) {
      expect(objects.filter((found) => found.kind === kind)).toHaveLength(services.length);
    }
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('makes the same of a service alone as within the umbrella', () => {
    const whole = charts.objects('switchyard', file);
    for (const service of SERVICES) {
      for (const object of charts.objects(service, file)) expect(whole).toContainEqual(object);
    }
  });
});

it('has values and schemas as helm/schema says: run test-e2e/helm/values/main.ts after a change', () => {
  for (const [path, text] of valueFiles()) {
    expect(readFileSync(join(HELM, path), 'utf8'), path).toBe(text);
  }
});

it('turns HPA and ServiceMonitor on only when told to', () => {
  const kinds = (file: (typeof VALUES_FILES)[number]) =>
    charts.objects('switchyard', file).map(({ kind }) => kind);
  expect(kinds('minimal')).not.toContain('HorizontalPodAutoscaler');
  expect(kinds('minimal')).not.toContain('ServiceMonitor');
  expect(kinds('production').filter((kind) => kind === 'HorizontalPodAutoscaler')).toHaveLength(2);
  expect(kinds('production').filter((kind) => kind === 'ServiceMonitor')).toHaveLength(SERVICES.length);
});

const REFUSED: readonly [what: string, chart: Chart, over: object, text: RegExp][] = [
  ['a value that there is none of', 'routing', { replica: 3 }, /replica/],
  ['one inside a service of the umbrella', 'switchyard', { routing: { drain: { waitS: 1 } } }, /waitS/],
  ['a service that there is none of', 'switchyard', { router: {} }, /router/],
  ['a variable that the service does not have', 'routing', { settings: { ROUTING_FOO: 1 } }, /ROUTING_FOO/],
  [
    "a variable of another service's",
    'credential',
    { settings: { ROUTING_CONNECT_TIMEOUT_MS: 1 } },
    /ROUTING/,
  ],
  ['a secret among the settings', 'credential', { settings: { CREDENTIAL_KEK: 'x' } }, /CREDENTIAL_KEK/],
  ['a service without its Secret', 'routing', { existingSecret: null }, /existingSecret/],
  ['an empty name of a Secret', 'routing', { existingSecret: '' }, /existingSecret/],
  ['a migration without its Secret', 'routing', { migration: { existingSecret: '' } }, /existingSecret/],
  ['root', 'routing', { runAsUser: 0 }, /runAsUser/],
  ['a text for a number', 'routing', { replicas: 'many' }, /replicas/],
  ['a drain that is too long', 'routing', { drain: { graceMs: 900_001 } }, /graceMs/],
  ['no registry', 'routing', { global: { imageRegistry: '' } }, /imageRegistry/],
  ['a digest that is none', 'routing', { image: { digest: 'sha256:abc' } }, /digest/],
];

it.each(REFUSED)('refuses %s', (_what, chart, over, text) => {
  const { exitCode, stderr } = charts.template(chart, 'minimal', over as Record<string, unknown>);
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(text);
});
