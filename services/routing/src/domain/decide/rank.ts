import type { CompositeWeights } from '@switchyard/contracts/routing';
import { seededRandom } from '@switchyard/kernel';
import { type Contender, compareCost } from '../strategies/contender.ts';
import type { OrderContext, OrderingStrategy, Scored } from '../strategies/strategy.ts';
import { confidenceOf } from './confidence.ts';
import { dealEndpoints } from './deal-endpoints.ts';
import { OUT_OF_SERVICE_TIER } from './health-tier.ts';
import { MAX_CANDIDATES } from './max-candidates.ts';
import { mixEndpoints } from './mix-endpoints.ts';
import type { Ranking } from './ranking.ts';

/** How contenders are to be ordered. */
export interface RankOptions {
  readonly strategy: OrderingStrategy;
  readonly seed: bigint;
  readonly compositeWeights: CompositeWeights | undefined;
  /** How many providers the request prefers. */
  readonly preferredCount: number;
  /** How many candidates fit; undefined where not all were looked at. */
  readonly fitting: number | undefined;
}

/**
 * Orders what fits, by preference, then by how well it works, then by the strategy; and where a provider has several endpoints,
 * them by their shares. Pure: a stored decision is ordered again by it.
 */
export function rank<C extends Contender>(fitting: readonly C[], options: RankOptions): Ranking<C> {
  if (fitting.every(({ endpoint }) => endpoint === undefined)) return rankWhole(fitting, options, ofOne);
  const ranking = rankWhole(mixEndpoints(fitting), options, ({ members }) => members.length);
  return dealEndpoints(ranking, options.seed);
}

const ofOne = () => 1;

/** @param sizeOf how many candidates a contender stands for */
function rankWhole<C extends Contender>(
  fitting: readonly C[],
  options: RankOptions,
  sizeOf: (contender: C) => number,
): Ranking<C> {
  const { strategy, preferredCount } = options;
  const { contest, further } =
    strategy.contest === 'groups'
      ? divideGroups(fitting, strategy, sizeOf)
      : { contest: fitting, further: [] };
  const context = contextOf(options);
  const classes = classesOf(contest, strategy);
  const orders = classes.map((members) => strategy.order(members, context));
  const scored = orders.flatMap((order) => order.scored);
  const [first] = scored;
  if (first === undefined) return { scored, reason: 'nothing fits', confidence: 0, propensity: 0 };
  const atRandom = sizeOfAll(classes[0] ?? [], sizeOf);
  const isPreferred = first.contender.preference < preferredCount;
  const facts = { first, isPreferred, contest: sizeOfAll(contest, sizeOf), atRandom };
  for (const contender of further) scored.push({ contender, score: undefined });
  return {
    scored,
    reason: reasonOf(facts, options),
    confidence: confidenceOf(orders),
    propensity: orders[0]?.propensity ?? 1,
  };
}

/** The random numbers are made when they are first asked for: most strategies want none. */
function contextOf({ seed, compositeWeights }: RankOptions): OrderContext {
  let draw: (() => number) | undefined;
  const random = () => {
    draw ??= seededRandom(seed);
    return draw();
  };
  return { random, compositeWeights };
}

const sizeOfAll = <C>(contenders: readonly C[], sizeOf: (contender: C) => number): number =>
  contenders.reduce((sum, contender) => sum + sizeOf(contender), 0);

/**
 * The cheapest of each balancing group, of so many as come first by preference, health and cost; and all others. Who takes part is
 * listed by the record as a whole, so that the same take part again when it is replayed.
 */
function divideGroups<C extends Contender>(
  fitting: readonly C[],
  strategy: OrderingStrategy,
  sizeOf: (contender: C) => number,
): { contest: readonly C[]; further: readonly C[] } {
  // Mostly each is of a balancing group of its own: then there is nothing to divide.
  if (
    sizeOfAll(fitting, sizeOf) <= MAX_CANDIDATES &&
    new Set(fitting.map(({ balancingGroup }) => balancingGroup)).size === fitting.length
  )
    return { contest: fitting, further: [] };
  const ordered = [...fitting].sort((a, b) => compareClass(a, b, strategy) || compareCost(a, b));
  const taken = new Set<string>();
  const contest: C[] = [];
  const further: C[] = [];
  let left = MAX_CANDIDATES;
  for (const contender of ordered) {
    const isFirst = !taken.has(contender.balancingGroup);
    // Where one finds no room, none after it does: what takes part is the beginning of the record.
    if (isFirst) left = sizeOf(contender) <= left ? left - sizeOf(contender) : -1;
    (isFirst && left >= 0 ? contest : further).push(contender);
    taken.add(contender.balancingGroup);
  }
  return { contest, further };
}

/** Groups of contenders between which the strategy chooses, best group first. */
function classesOf<C extends Contender>(contenders: readonly C[], strategy: OrderingStrategy): C[][] {
  const sorted = [...contenders].sort((a, b) => compareClass(a, b, strategy));
  const classes: C[][] = [];
  for (const contender of sorted) {
    const last = classes.at(-1);
    if (last?.[0] !== undefined && compareClass(last[0], contender, strategy) === 0) last.push(contender);
    else classes.push([contender]);
  }
  return classes;
}

/** Preferred ones first, then those that work better. */
export function compareClass(
  a: Pick<Contender, 'preference' | 'tier'>,
  b: Pick<Contender, 'preference' | 'tier'>,
  strategy: Pick<OrderingStrategy, 'degraded'>,
): number {
  return a.preference - b.preference || classTier(a.tier, strategy) - classTier(b.tier, strategy);
}

const classTier = (tier: number, { degraded }: Pick<OrderingStrategy, 'degraded'>): number =>
  degraded === 'get-less' && tier < OUT_OF_SERVICE_TIER ? 0 : tier;

interface ReasonParts {
  readonly first: Scored;
  readonly isPreferred: boolean;
  /** Contenders of all classes. */
  readonly contest: number;
  /** Contenders of the first class. */
  readonly atRandom: number;
}

/** Why the first one; and where nothing works, that it is a last resort. */
function reasonOf(parts: ReasonParts, options: RankOptions): string {
  const reason = choiceReason(parts, options);
  return parts.first.contender.tier < OUT_OF_SERVICE_TIER
    ? reason
    : `${reason}; its provider does not work now, and no other is left to ask`;
}

function choiceReason(
  { first, isPreferred, contest, atRandom }: ReasonParts,
  { strategy, fitting }: RankOptions,
): string {
  const all = fitting === undefined ? 'all candidates that fit' : `${fitting} candidates that fit`;
  if (fitting === 1) return 'the only candidate that fits';
  if (isPreferred) return `preferred by the request, one of ${all}`;
  if (strategy.contest !== 'groups') return strategy.reason({ first, among: all });
  const among =
    contest === fitting
      ? `${atRandom} candidates that fit`
      : `${atRandom} candidates, the cheapest of each balancing group`;
  return strategy.reason({ first, among });
}
