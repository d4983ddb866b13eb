import { expect, test } from 'vitest';
import { healthEvent } from './health-event.ts';

test.each([
  ['not_tested', 'healthy', 'changed'],
  ['healthy', 'degraded', 'changed'],
  ['healthy', 'unhealthy', 'unhealthy'],
  ['degraded', 'unhealthy', 'unhealthy'],
  ['healthy', 'unavailable', 'failed'],
  ['not_tested', 'unavailable', 'failed'],
  ['unavailable', 'degraded', 'changed'],
  ['unhealthy', 'degraded', 'changed'],
  ['degraded', 'healthy', 'recovered'],
  ['healthy', 'maintenance', 'changed'],
  ['maintenance', 'not_tested', 'changed'],
] as const)('from %s to %s is told as %s', (from, to, event) => {
  expect(healthEvent(from, to)).toBe(event);
});
