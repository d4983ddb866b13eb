import type { Decision } from '@switchyard/contracts/routing';
import { expect } from 'vitest';
import { replay } from '../../src/domain/decide/replay.ts';

/** Makes a decision again from its record, and expects the same. */
export function expectSameChoice(stored: Decision): void {
  const again = replay(stored);
  const fitted = stored.candidates.filter(({ rank }) => rank > 0);
  expect(again.order).toEqual(fitted);
  expect(again.scores).toEqual(fitted.map(({ score }) => score));
  expect(again.propensity).toBe(stored.propensity);
  expect(again.confidence).toBe(stored.route?.confidence ?? 0);
  expect(fitted.length === 0 ? '' : again.reason).toBe(stored.reason);
}
