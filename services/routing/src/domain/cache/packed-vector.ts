/** The direction of a vector, in 8 bits for each of its numbers: a quarter of the memory, and similarities that are off by less than 0.01. */
export type PackedVector = Int8Array;

const LARGEST = 127;
/** Longest vectors that are kept: no model's are longer than a few thousand. */
const MAX_DIMENSIONS = 8_192;

/** @returns undefined where it has no direction, or is too long */
export function packVector(values: readonly number[]): PackedVector | undefined {
  if (values.length > MAX_DIMENSIONS) return undefined;
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0 && Number.isFinite(largest))) return undefined;
  return Int8Array.from(values, (value) => Math.round((value / largest) * LARGEST));
}
