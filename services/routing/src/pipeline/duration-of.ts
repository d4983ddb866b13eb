import type { Timings } from '@switchyard/contracts/routing';

/** Milliseconds as protobuf has them. */
export function durationOf(ms: number): NonNullable<Timings['total']> {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
