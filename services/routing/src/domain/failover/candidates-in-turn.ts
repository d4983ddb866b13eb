import type { Choice, RankedCandidate } from '../decide/decide.ts';
import type { Needs } from '../request/needs.ts';

/**
 * Who may be tried for a request, best first. Vectors of different models do not compare, and whoever stores them would not
 * notice: after the first candidate only those come that offer the same model.
 */
export function candidatesInTurn({
  needs,
  choice: { ranked },
}: {
  readonly needs: Pick<Needs, 'operation'>;
  readonly choice: Pick<Choice, 'ranked'>;
}): readonly RankedCandidate[] {
  const [first] = ranked;
  if (needs.operation.kind !== 'embed' || first === undefined) return ranked;
  return ranked.filter(({ offering }) => modelOf(offering) === modelOf(first.offering));
}

const modelOf = ({ canonicalModel, model }: RankedCandidate['offering']): string => canonicalModel ?? model;
