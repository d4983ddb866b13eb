import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Experiment, ExperimentState, Pool, Provider } from '@switchyard/contracts/routing';
import { createLogger } from '@switchyard/service-kit';
import { afterAll, expect, test } from 'vitest';
import { SnapshotFile, type StoredParts } from '../src/adapters/snapshot-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'snapshot-file-'));
const path = join(directory, 'snapshot.json');
const log = createLogger({ service: 'test', level: 'silent' });

afterAll(() => rmSync(directory, { recursive: true }));

const parts: StoredParts = {
  configurationVersion: '7',
  providers: [Provider.fromJSON({ id: 'one' })],
  pools: [Pool.fromJSON({ id: 'chat' })],
  policies: [],
  experiments: [
    Experiment.fromJSON({
      id: 'e1',
      model: 'chat',
      variants: [{ name: 'control', model: 'large', weight: 1 }],
      state: ExperimentState.RUNNING,
      startedAt: new Date(1_000),
    }),
  ],
  priceBook: { version: '1', prices: new Map() },
  healthVersion: '2',
  health: new Map(),
};

test('what was kept comes back the same, experiments with their states and moments', async () => {
  const file = new SnapshotFile(path, log);
  file.save(parts);
  await file.dispose();
  expect(new SnapshotFile(path, log).load()).toEqual(parts);
});

test('a file from before there were experiments is read as one without', () => {
  const { experiments, ...old } = JSON.parse(readFileSync(path, 'utf8'));
  expect(experiments).toHaveLength(1);
  writeFileSync(path, JSON.stringify(old));
  expect(new SnapshotFile(path, log).load()).toMatchObject({ configurationVersion: '7', experiments: [] });
});
