import { expect, test } from 'vitest';
import type { HealthRecord } from '../domain/health-record.ts';
import { HealthTable } from './health-table.ts';

const record = (provider: string, version: bigint, more: Partial<HealthRecord> = {}): HealthRecord => ({
  ...{ tenant: '', provider, state: 'healthy', reason: '', sinceMs: 0, version },
  ...{ lastSuccessAtMs: undefined, lastFailureAtMs: undefined, lastProbeAtMs: undefined },
  ...more,
});

test('an older table never replaces a newer one', () => {
  const table = new HealthTable();
  table.replace({ version: 5n, records: [record('a', 5n)] });
  table.replace({ version: 4n, records: [] });
  expect([table.version, [...table.records()].length]).toEqual([5n, 1]);
});

test('a watcher gets what changed, and is woken', async () => {
  const table = new HealthTable();
  table.replace({ version: 1n, records: [record('a', 1n), record('b', 1n)] });
  const watch = table.watch();
  const next = watch.next();
  table.replace({ version: 2n, records: [record('a', 1n), record('b', 2n)] });
  expect(await next).toEqual(new Set(['\nb']));
});

test('a watcher that does not read costs one entry for each provider, however much changes', async () => {
  const table = new HealthTable();
  table.replace({ version: 1n, records: [] });
  const watch = table.watch();
  for (let version = 2n; version < 10_000n; version++) {
    table.replace({ version, records: [record('a', version), record('b', version)] });
  }
  expect(await watch.next()).toEqual(new Set(['\na', '\nb']));
});

test('a removed provider is a change without providers', async () => {
  const table = new HealthTable();
  table.replace({ version: 1n, records: [record('a', 1n)] });
  const watch = table.watch();
  table.replace({ version: 2n, records: [] });
  expect(await watch.next()).toEqual(new Set());
});

test('watches end when the service stops, those that come later too', async () => {
  const table = new HealthTable();
  const watch = table.watch();
  const next = watch.next();
  table.endWatches();
  expect([await next, await table.watch().next(), table.watchers]).toEqual([undefined, undefined, 0]);
});

test('times of activity only go forward, whatever the stored table says', () => {
  const table = new HealthTable();
  table.replace({ version: 1n, records: [record('a', 1n, { lastProbeAtMs: 10 })] });
  table.note({ tenant: '', provider: 'a' }, { lastProbeAtMs: 20, lastSuccessAtMs: 15 });
  table.replace({ version: 2n, records: [record('a', 2n, { lastProbeAtMs: 12, lastFailureAtMs: 3 })] });
  expect(table.get({ tenant: '', provider: 'a' })).toMatchObject({
    ...{ lastProbeAtMs: 20, lastSuccessAtMs: 15, lastFailureAtMs: 3 },
  });
});
