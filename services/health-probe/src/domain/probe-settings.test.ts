import { expect, test } from 'vitest';
import { budgetOf, DEFAULT_MAX_PROBES_PER_DAY, type ProbeSettings, probeDay } from './probe-settings.ts';

const settings = (more: Partial<ProbeSettings>): ProbeSettings => ({
  ...{ tenant: '', provider: 'p', isActive: true, idleIntervalMs: undefined },
  ...{ maxProbesPerDay: undefined, maxNanoUsdPerDay: undefined },
  ...more,
});

test('without settings probes are limited by their number alone', () => {
  expect(budgetOf(undefined, { probes: 0, nanoUsd: 0n })).toEqual({
    ...{ maxProbesPerDay: DEFAULT_MAX_PROBES_PER_DAY, maxNanoUsdPerDay: undefined, holdNanoUsd: 0n },
  });
});

test.each([
  ['a tenth of a cent at most', 1_000_000_000n, 0n, 1_000_000n],
  ['what is left', 1_000_000n, 400_000n, 600_000n],
  ['nothing, where nothing is left', 1_000_000n, 1_000_000n, 0n],
  ['nothing, where the limit was lowered below what is spent', 1_000n, 5_000n, 0n],
])('under a limit in money a probe holds %s', (_, maxNanoUsdPerDay, nanoUsd, hold) => {
  expect(budgetOf(settings({ maxNanoUsdPerDay }), { probes: 1, nanoUsd }).holdNanoUsd).toBe(hold);
});

test('days are those of UTC', () => {
  expect(probeDay(Date.UTC(2026, 10, 29, 23, 59, 59))).toBe('2026-11-29');
});
