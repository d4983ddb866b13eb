import { expect, test } from 'vitest';
import { FIGURES } from './figures.ts';

const DEFAULT_TIMEOUT_MS = 240_000;

for (const { id, what, promised, timeoutMs = DEFAULT_TIMEOUT_MS, measure } of FIGURES.filter(
  ({ timed, isLong }) => !timed && !isLong,
))
  test(`${id}: ${what}: ${promised}`, { timeout: timeoutMs }, async () => {
    const { measured, held } = await measure();
    expect({ measured, held }).toEqual({ measured, held: true });
  });
