import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExperimentMetric, StickyKey } from '@switchyard/contracts/routing';
import { afterAll, expect, test } from 'vitest';
import type { CommandInput } from '../command.ts';
import { parseExperiment, readExperiment } from './read-experiment.ts';

const directory = mkdtempSync(join(tmpdir(), 'experiments-'));
afterAll(() => rmSync(directory, { recursive: true }));

const inputWith = (options: CommandInput['options']) => ({ options }) as CommandInput;

const YAML = `
id: by-agent
model: chat
variants:
  - { name: control, model: large, weight: 70 }
  - { name: new, model: small, weight: 30 }
sticky_by: label
sticky_label: team
metric: error_rate
significance: 0.01
`;

test('a document says all of an experiment; JSON is a document, too', () => {
  const read = parseExperiment(YAML, 'x.yaml');
  expect(read).toMatchObject({
    id: 'by-agent',
    variants: [
      { name: 'control', model: 'large', weight: 70 },
      { name: 'new', model: 'small', weight: 30 },
    ],
    stickyBy: StickyKey.LABEL,
    stickyLabel: 'team',
    metric: ExperimentMetric.ERROR_RATE,
    significance: 0.01,
  });
  expect(parseExperiment('{"id":"e","metric":"latency"}', 'x')).toMatchObject({
    metric: ExperimentMetric.LATENCY,
    significance: undefined,
  });
});

test.each([
  ['state: running', 'x.yaml: state is not known; known are id, tenant'],
  ['sticky_by: agnet', 'x.yaml: sticky_by must be request, agent, workflow, service, user, label'],
  [
    'variants: [{ name: a, weight: -1 }]',
    'x.yaml: variants[0].weight must be a whole number from 0 to 1000000',
  ],
  ['significance: high', 'x.yaml: significance must be a number of at least 0'],
  ['- a list', 'x.yaml: must have fields'],
  ['id: [', 'x.yaml: '],
])('%s is told by place', (text, says) => {
  expect(() => parseExperiment(text, 'x.yaml')).toThrow(says);
});

test('options say the same; a model may have colons', async () => {
  const options = {
    model: 'chat',
    variant: ['control=70:auto:best', 'new=auto:cheapest'],
    'sticky-by': 'label:team:a',
    metric: 'latency',
    significance: '0.1',
    tenant: 'acme',
  };
  expect(await readExperiment(inputWith(options), 'e1')).toMatchObject({
    id: 'e1',
    tenant: 'acme',
    model: 'chat',
    variants: [
      { name: 'control', model: 'auto:best', weight: 70 },
      { name: 'new', model: 'auto:cheapest', weight: 1 },
    ],
    stickyBy: StickyKey.LABEL,
    stickyLabel: 'team:a',
    metric: ExperimentMetric.LATENCY,
    significance: 0.1,
  });
  const { stickyBy, metric } = await readExperiment(inputWith({}), 'e1');
  expect([stickyBy, metric]).toEqual([StickyKey.REQUEST, ExperimentMetric.COST]);
});

test.each([
  [{ variant: ['control'] }, '--variant must be NAME=MODEL or NAME=WEIGHT:MODEL, not control'],
  [{ 'sticky-by': 'mood' }, '--sticky-by must be request, agent'],
  [{ metric: 'joy' }, '--metric must be cost, latency, error_rate, not joy'],
  [{ significance: '' }, '--significance must be a number'],
])('%j is not understood', async (options, says) => {
  await expect(readExperiment(inputWith(options), 'e1')).rejects.toThrow(says);
});

test('a file has its id in it, and its own tenant comes before the option', async () => {
  const file = join(directory, 'e.yaml');
  writeFileSync(file, YAML);
  expect(await readExperiment(inputWith({ file, tenant: 'acme' }), undefined)).toMatchObject({
    tenant: 'acme',
  });
  writeFileSync(file, `${YAML}tenant: globex\n`);
  expect(await readExperiment(inputWith({ file, tenant: 'acme' }), undefined)).toMatchObject({
    tenant: 'globex',
  });
  await expect(readExperiment(inputWith({ file }), 'e1')).rejects.toThrow('the id stands in the file');
  await expect(readExperiment(inputWith({}), undefined)).rejects.toThrow('needs a file (-f FILE) or an id');
  await expect(readExperiment(inputWith({ file: join(directory, 'none') }), undefined)).rejects.toThrow(
    'cannot be read',
  );
});
