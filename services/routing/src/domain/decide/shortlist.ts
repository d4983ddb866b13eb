import type { Needs } from '../request/needs.ts';
import type { OfferingIndex, Stall } from '../snapshot/offering-index.ts';
import type { Contender } from '../strategies/contender.ts';
import type { OrderingStrategy } from '../strategies/strategy.ts';
import type { Candidate } from './candidate.ts';
import { CheapestFew } from './cheapest-few.ts';
import type { Evaluation } from './evaluate.ts';
import { isPanic, OUT_OF_SERVICE_TIER } from './health-tier.ts';
import { excludesProvider } from './provider-constraints.ts';
import { compareClass } from './rank.ts';
import { scanStall } from './scan-stall.ts';

/** Candidates that are listed at least, where so many fit. */
const MIN_CANDIDATES = 8;
/** Providers among them at least, so that there is another one when one fails. */
const MIN_PROVIDERS = 3;

/** A stall that a request may use, with what orders it. */
interface OpenStall extends Pick<Contender, 'preference' | 'tier' | 'priority'> {
  readonly stall: Stall;
}

/** For whom candidates are listed. */
export interface ShortlistOptions {
  readonly index: OfferingIndex;
  readonly evaluation: Evaluation;
  readonly strategy: OrderingStrategy;
}

/**
 * Candidates that fit, as far as a choice needs them: a choice among them begins as that among all would. Under strategies
 * that share work the cheapest of each seat, else those that come first, and more until there are {@link MIN_CANDIDATES}
 * of {@link MIN_PROVIDERS} providers.
 */
export function shortlist({ index, evaluation, strategy }: ShortlistOptions): Candidate[] {
  let open = openStalls(index, evaluation);
  const needsAll = strategy.contest === 'seats' || open.some(({ tier }) => tier >= OUT_OF_SERVICE_TIER);
  const cheapest = needsAll ? cheapestOfEach(open, evaluation) : [];
  if (!isPanic(cheapest)) open = open.filter(({ tier }) => tier < OUT_OF_SERVICE_TIER);
  const groups = groupsOf(open, strategy);
  if (strategy.contest !== 'seats') return firstOf(groups, evaluation);
  const inService = new Set(open.map(({ stall }) => stall.provider.key));
  const listed = new Map<string, Candidate>();
  for (const candidate of cheapest)
    if (inService.has(candidate.provider.key)) listed.set(candidate.key, candidate);
  if (listed.size >= MIN_CANDIDATES) return [...listed.values()];
  for (const candidate of firstOf(groups, evaluation)) listed.set(candidate.key, candidate);
  return [...listed.values()];
}

/** The stalls that the tenant sees and nothing excludes as a whole. */
function openStalls(index: OfferingIndex, evaluation: Evaluation): OpenStall[] {
  const { needs } = evaluation;
  const open: OpenStall[] = [];
  for (const stalls of [index.common, stallsOfTenant(index, needs)]) {
    for (const stall of stalls) {
      const { provider, priority, example } = stall;
      const { credential } = evaluation.stateOf(example);
      if (excludesProvider({ provider, credential }, needs)) continue;
      const [tier, preference] = [evaluation.tierOf(provider), evaluation.preferenceOf(provider)];
      open.push({ stall, priority, tier, preference });
    }
  }
  return open;
}

const stallsOfTenant = ({ byTenant }: OfferingIndex, { tenant }: Needs): readonly Stall[] =>
  byTenant.get(tenant) ?? [];

function cheapestOfEach(open: readonly OpenStall[], evaluation: Evaluation): Candidate[] {
  const cheapest: Candidate[] = [];
  for (const { stall } of open) {
    const few = new CheapestFew({ limit: 1 });
    scanStall(stall, few, evaluation);
    cheapest.push(...few.candidates);
  }
  return cheapest;
}

/** Stalls between which only the cost decides, best group first. */
function groupsOf(open: readonly OpenStall[], strategy: OrderingStrategy): OpenStall[][] {
  const compare = (a: OpenStall, b: OpenStall) =>
    compareClass(a, b, strategy) || (strategy.contest === 'by-priority' ? a.priority - b.priority : 0);
  const groups: OpenStall[][] = [];
  for (const stall of [...open].sort(compare)) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && compare(last[0], stall) === 0) last.push(stall);
    else groups.push([stall]);
  }
  return groups;
}

/** Those that come first, and the first of further providers where they are of too few. */
function firstOf(groups: readonly OpenStall[][], evaluation: Evaluation): Candidate[] {
  const first: Candidate[] = [];
  const providers = new Set<string>();
  const take = (candidates: readonly Candidate[]) => {
    for (const candidate of candidates) {
      first.push(candidate);
      providers.add(candidate.provider.key);
    }
  };
  for (const group of groups) {
    const limit = MIN_CANDIDATES - first.length;
    if (limit > 0) take(cheapestFew(group, { limit, evaluation }));
  }
  for (const group of groups) {
    const limit = MIN_PROVIDERS - providers.size;
    const others = group.filter(({ stall }) => !providers.has(stall.provider.key));
    if (limit > 0) take(cheapestOfProviders(others, { limit, evaluation }));
  }
  return first;
}

interface FewOptions {
  readonly limit: number;
  readonly evaluation: Evaluation;
}

function cheapestFew(open: readonly OpenStall[], { limit, evaluation }: FewOptions): readonly Candidate[] {
  const few = new CheapestFew({ limit });
  for (const { stall } of open) scanStall(stall, few, evaluation);
  return few.candidates;
}

/** The cheapest candidates of different providers. */
function cheapestOfProviders(
  open: readonly OpenStall[],
  { limit, evaluation }: FewOptions,
): readonly Candidate[] {
  const few = new CheapestFew({ limit });
  for (const { stall } of open) {
    const cheapest = new CheapestFew({ limit: 1, mostNanoUsd: few.ceiling });
    scanStall(stall, cheapest, evaluation);
    for (const candidate of cheapest.candidates) few.addOfProvider(candidate);
  }
  return few.candidates;
}
