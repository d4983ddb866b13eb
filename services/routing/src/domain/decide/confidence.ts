import type { Contender } from '../strategies/contender.ts';
import type { Order } from '../strategies/strategy.ts';

/**
 * How clearly the first stands out from the second: the second's score over the sum of both, smaller scores being better.
 * It grows with the second's score and falls with the first's. 0.5 between equals; below where chance put a worse one
 * first. 1 without a second in the first's class (of one preference and health), and where the second's score is unknown.
 *
 * @param orders the classes, best first
 */
export function confidenceOf([best]: readonly Order<Contender>[]): number {
  const [first, second] = best?.scored ?? [];
  if (first === undefined) return 0;
  if (second === undefined) return 1;
  if (first.score === undefined) return 0.5;
  if (second.score === undefined) return 1;
  const sum = first.score + second.score;
  return sum === 0 ? 0.5 : second.score / sum;
}
