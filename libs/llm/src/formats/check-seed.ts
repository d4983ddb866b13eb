import type { Unsupported } from './unsupported.ts';

/** A seed that no JSON number can carry exactly. */
export function findUnsafeSeed(seed: bigint | undefined): Unsupported | undefined {
  if (seed === undefined || Number.isSafeInteger(Number(seed))) return undefined;
  return { field: 'sampling.seed', description: 'must fit 53 bits to be written as a JSON number' };
}
