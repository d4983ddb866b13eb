import { HealthState, ProviderHealth } from '@switchyard/contracts/health';
import { ProviderStatus } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { PLAIN } from '../output/view.ts';
import type { ProviderRow } from './read-providers.ts';
import { renderProviders } from './render-providers.ts';

const WHY = '3 failures in a row (limit 3)';

const row = (health: string, measured: HealthState, healthReason = ''): ProviderRow => ({
  status: ProviderStatus.fromPartial({ provider: { id: 'openai' }, health, healthReason }),
  measured: { health: ProviderHealth.fromPartial({ state: measured, reason: WHY }), uptime: undefined },
});

const lastLineOf = (one: ProviderRow): string | undefined =>
  renderProviders({ rows: [one], isMeasured: true }, { nowMs: 0, view: PLAIN })
    .trimEnd()
    .split('\n')
    .at(-1);

test('what is out of service tells why it was measured so', () => {
  expect(lastLineOf(row('unavailable', HealthState.UNAVAILABLE))).toBe(`openai: ${WHY}`);
});

test('what routing knows of the configuration comes before what was measured', () => {
  const disabled = row('disabled', HealthState.UNAVAILABLE, 'an operator has disabled it');
  expect(lastLineOf(disabled)).toBe('openai: an operator has disabled it');
});

test.each([
  ['a healthy one', row('healthy', HealthState.HEALTHY)],
  ['one that routing sees otherwise by now', row('degraded', HealthState.UNAVAILABLE)],
])('no reason is told of %s', (_, one) => {
  expect(lastLineOf(one)).not.toContain(WHY);
});
