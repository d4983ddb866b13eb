import { expect, test } from 'vitest';
import type { HealthRecord } from './health-record.ts';
import { tableDigest } from './table-digest.ts';
import { isVisible } from './visibility.ts';

const record = (provider: string, more: Partial<HealthRecord> = {}): HealthRecord => ({
  ...{ tenant: '', provider, state: 'healthy', reason: '', sinceMs: 0, version: 1n },
  ...{ lastSuccessAtMs: undefined, lastFailureAtMs: undefined, lastProbeAtMs: undefined },
  ...more,
});

test('the digest depends on providers and states, not on their order or on figures', () => {
  const digest = tableDigest([record('a'), record('b')]);
  expect(tableDigest([record('b'), record('a', { lastProbeAtMs: 7, reason: 'x' })])).toBe(digest);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  for (const other of [
    [record('a')],
    [record('a'), record('b', { state: 'degraded' })],
    [record('a'), record('b', { tenant: 't' })],
    [record('a'), record('b', { version: 2n })],
    [record('a","b')],
  ]) {
    expect(tableDigest(other)).not.toBe(digest);
  }
});

test.each([
  ["the installation's provider", '', { tenant: 't1', role: 'viewer', installation: false }, true],
  ['its own provider', 't1', { tenant: 't1', role: 'viewer', installation: false }, true],
  ["another tenant's provider", 't2', { tenant: 't1', role: 'admin', installation: false }, false],
  [
    "a tenant's provider by an operator",
    't2',
    { tenant: 'installation', role: 'admin', installation: true },
    false,
  ],
  [
    "a tenant's provider by a service",
    't2',
    { tenant: 'installation', role: 'service', installation: true },
    true,
  ],
  [
    'a tenant that calls itself a service',
    't2',
    { tenant: 't1', role: 'service', installation: false },
    false,
  ],
])('%s', (_what, tenant, viewer, visible) => {
  expect(isVisible({ tenant, provider: 'p' }, viewer)).toBe(visible);
});
