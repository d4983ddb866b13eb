import type { Offering } from '../snapshot/offering.ts';
import { type OfferingIndex, type ProviderGroup, providerGroupsFor } from '../snapshot/offering-index.ts';
import type { Contender } from '../strategies/contender.ts';
import type { OrderingStrategy } from '../strategies/strategy.ts';
import type { Candidate } from './candidate.ts';
import { CheapestFew } from './cheapest-few.ts';
import type { Evaluation } from './evaluate.ts';
import { isPanic, OUT_OF_SERVICE_TIER } from './health-tier.ts';
import { excludesProvider, type ProviderView } from './provider-constraints.ts';
import { compareClass } from './rank.ts';
import { scanProviderGroup } from './scan-provider-group.ts';

/** Candidates that are listed at least, where so many fit. */
const MIN_CANDIDATES = 8;
/** Providers among them at least, so that there is another one when one fails. */
const MIN_PROVIDERS = 3;

/** A provider group that a request may use, with what orders it. */
interface OpenProviderGroup extends Pick<Contender, 'preference' | 'tier' | 'priority'> {
  readonly providerGroup: ProviderGroup;
}

/** For whom candidates are listed. */
export interface ShortlistOptions {
  readonly index: OfferingIndex;
  readonly evaluation: Evaluation;
  readonly strategy: OrderingStrategy;
}

/**
 * Candidates that fit, each provider as a whole, as far as a choice needs them: a choice among them begins as that among all would. Under strategies
 * that share work the cheapest of each balancing group, else those that come first, and more until there are {@link MIN_CANDIDATES}
 * of {@link MIN_PROVIDERS} providers.
 */
export function shortlist({ index, evaluation, strategy }: ShortlistOptions): Candidate[] {
  const open = openProviderGroups(index, evaluation);
  const needsAll = strategy.contest === 'groups' || open.some(({ tier }) => tier >= OUT_OF_SERVICE_TIER);
  const cheapest = needsAll ? cheapestOfEach(open, evaluation) : [];
  const tiers = isPanic(cheapest) ? Number.POSITIVE_INFINITY : OUT_OF_SERVICE_TIER;
  const first = () =>
    firstOf(
      groupsOf(
        open.filter(({ tier }) => tier < tiers),
        strategy,
      ),
      evaluation,
    );
  if (strategy.contest !== 'groups') return first();
  const listed = cheapest.filter(({ tier }) => tier < tiers);
  if (listed.length >= MIN_CANDIDATES) return listed;
  const byKey = new Map([...listed, ...first()].map((candidate) => [candidate.key, candidate]));
  return [...byKey.values()];
}

/** The provider groups that the tenant sees and nothing excludes as a whole. */
function openProviderGroups(index: OfferingIndex, evaluation: Evaluation): OpenProviderGroup[] {
  const { needs } = evaluation;
  const open: OpenProviderGroup[] = [];
  for (const providerGroup of providerGroupsFor(index, needs.tenant)) {
    const { provider, priority, examples } = providerGroup;
    if (examples.every((example) => excludesProvider(viewOf(example, evaluation), needs))) continue;
    const [tier, preference] = [evaluation.tierOf(provider), evaluation.preferenceOf(provider)];
    open.push({ providerGroup, priority, tier, preference });
  }
  return open;
}

const viewOf = (offering: Offering, evaluation: Evaluation): ProviderView => ({
  provider: offering.provider,
  credential: evaluation.stateOf(offering).credential,
});

function cheapestOfEach(open: readonly OpenProviderGroup[], evaluation: Evaluation): Candidate[] {
  const cheapest: Candidate[] = [];
  for (const { providerGroup } of open) {
    const few = new CheapestFew({ limit: 1 });
    scanProviderGroup(providerGroup, few, evaluation);
    cheapest.push(...few.candidates);
  }
  return cheapest;
}

/** Provider groups between which only the cost decides, best group first. */
function groupsOf(open: readonly OpenProviderGroup[], strategy: OrderingStrategy): OpenProviderGroup[][] {
  const compare = (a: OpenProviderGroup, b: OpenProviderGroup) =>
    compareClass(a, b, strategy) || (strategy.contest === 'by-priority' ? a.priority - b.priority : 0);
  const groups: OpenProviderGroup[][] = [];
  for (const providerGroup of [...open].sort(compare)) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && compare(last[0], providerGroup) === 0) last.push(providerGroup);
    else groups.push([providerGroup]);
  }
  return groups;
}

/** Those that come first, and the first of further providers where they are of too few. */
function firstOf(groups: readonly OpenProviderGroup[][], evaluation: Evaluation): Candidate[] {
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
    const others = group.filter(({ providerGroup }) => !providers.has(providerGroup.provider.key));
    if (limit > 0) take(cheapestOfProviders(others, { limit, evaluation }));
  }
  return first;
}

interface FewOptions {
  readonly limit: number;
  readonly evaluation: Evaluation;
}

function cheapestFew(
  open: readonly OpenProviderGroup[],
  { limit, evaluation }: FewOptions,
): readonly Candidate[] {
  const few = new CheapestFew({ limit });
  for (const { providerGroup } of open) scanProviderGroup(providerGroup, few, evaluation);
  return few.candidates;
}

/** The cheapest candidates of different providers. */
function cheapestOfProviders(
  open: readonly OpenProviderGroup[],
  { limit, evaluation }: FewOptions,
): readonly Candidate[] {
  const few = new CheapestFew({ limit });
  for (const { providerGroup } of open) {
    const cheapest = new CheapestFew({ limit: 1, mostNanoUsd: few.ceiling });
    scanProviderGroup(providerGroup, cheapest, evaluation);
    for (const candidate of cheapest.candidates) few.addOfProvider(candidate);
  }
  return few.candidates;
}
