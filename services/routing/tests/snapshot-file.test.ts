import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { createLogger } from '@switchyard/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SnapshotFile, type StoredParts } from '../src/adapters/snapshot-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshot-file-'));
  path = join(folder, 'snapshot.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const openFile = () => new SnapshotFile(path, createLogger({ service: 'test', level: 'silent' }));
const PARTS: StoredParts = {
  configurationVersion: '7',
  providers: [Provider.fromJSON({ id: 'p', weight: 0 })],
  pools: [Pool.fromJSON({ id: 'q', members: [{ provider: 'p', weight: 0 }], taskTypes: ['chat'] })],
  policies: [Policy.fromJSON({ strategy: 'STRATEGY_COST', requirements: { maxCostNanoUsd: '5' } })],
  experiments: [Experiment.fromJSON({ id: 'e' })],
  priceBook: { version: '3', terms: [], prices: new Map() },
  healthVersion: '2',
  health: new Map([['/p', 1]]),
};

test('what was kept is loaded as it was', async () => {
  const file = openFile();
  file.save(PARTS);
  await file.dispose();
  expect(openFile().load()).toEqual(PARTS);
});

test('a file from before there were pools and policies is loaded, with none of them', () => {
  const before = {
    providersVersion: '7',
    providers: [{ id: 'p', weight: 0 }],
    priceBook: { version: '3' },
    healthVersion: '2',
    health: [['/p', 1]],
  };
  writeFileSync(path, JSON.stringify(before));
  expect(openFile().load()).toEqual({ ...PARTS, pools: [], policies: [], experiments: [] });
});

test.each(['', '{', '[]', '{"providers":5}'])('a file that cannot be read (%s) is none', (text) => {
  writeFileSync(path, text);
  expect(openFile().load()).toBeUndefined();
});
