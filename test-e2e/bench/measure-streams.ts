import { at, cpuUs } from './measure.ts';
import type { Target } from './target.ts';

/** One measurement of one target's streams. */
export interface MeasuredStreams {
  /** From call to the first piece, in milliseconds. */
  readonly firstP50Ms: number;
  readonly firstP99Ms: number;
  /** Of all streams together. */
  readonly piecesPerSecond: number;
  /** CPU time of the target's process for each piece, in microseconds; undefined without a process. */
  readonly cpuUsPerPiece: number | undefined;
}

/** Asks a target for so many streams, all at once, and reads each to its end. */
export async function measureStreams(target: Target, streams: number): Promise<MeasuredStreams> {
  const firstMs: number[] = [];
  let pieces = 0;
  const cpuBefore = cpuUs(target.pid);
  const startedAtMs = performance.now();
  const read = async () => {
    const askedAtMs = performance.now();
    let begun = false;
    await target.stream((count) => {
      if (!begun) firstMs.push(performance.now() - askedAtMs);
      begun = true;
      pieces += count;
    });
  };
  await Promise.all(Array.from({ length: streams }, read));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const cpu = cpuUs(target.pid);
  firstMs.sort((a, b) => a - b);
  return {
    firstP50Ms: at(firstMs, 0.5),
    firstP99Ms: at(firstMs, 0.99),
    piecesPerSecond: pieces / seconds,
    cpuUsPerPiece: cpu === undefined || cpuBefore === undefined ? undefined : (cpu - cpuBefore) / pieces,
  };
}
