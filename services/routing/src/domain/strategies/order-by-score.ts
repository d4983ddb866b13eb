import { type Contender, compareCost, compareKnown } from './contender.ts';
import type { Scored } from './strategy.ts';

/** Smallest score first, unknown last; ties by cost, then by key. */
export function orderByScore<C extends Contender>(
  contenders: readonly C[],
  scoreOf: (contender: C) => number | undefined,
): Scored<C>[] {
  const scored: Scored<C>[] = contenders.map((contender) => ({ contender, score: scoreOf(contender) }));
  return scored.sort((a, b) => compareKnown(a.score, b.score) || compareCost(a.contender, b.contender));
}
