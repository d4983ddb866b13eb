import { unreachable } from '@switchyard/kernel';
import type { Unsupported } from '@switchyard/llm';
import { expectedCost, maxCost } from '../request/cost-estimate.ts';
import type { ModelSelector, Needs } from '../request/needs.ts';
import { outputLimit } from '../request/output-limit.ts';
import type { Offering, Snapshot } from '../snapshot/snapshot.ts';
import { findStrategy } from '../strategies/find-strategy.ts';
import { priority } from '../strategies/priority.ts';
import type { OrderingStrategy } from '../strategies/strategy.ts';
import type { CandidateView, Exclusion, OfferingState } from './candidate.ts';
import { exclusionsOf } from './constraints.ts';
import { healthName, healthTier, OUT_OF_SERVICE_TIER, PANIC_SHARE } from './health-tier.ts';

/** A candidate that fits, with its place. */
export interface RankedCandidate extends CandidateView {
  /** The strategy's score; smaller is better; undefined where unknown. */
  readonly score: number | undefined;
}

/** A candidate that does not fit. */
export interface ExcludedCandidate extends CandidateView {
  readonly exclusions: readonly Exclusion[];
}

/** A choice: who would serve, in which order, and who not and why. */
export interface Choice {
  /** Best first; empty where nothing fits. */
  readonly ranked: readonly RankedCandidate[];
  readonly excluded: readonly ExcludedCandidate[];
  /** Why the first one. */
  readonly reason: string;
  /** 0 to 1: how clearly the first stands out from the second. */
  readonly confidence: number;
}

/** What a decision is made on. */
export interface DecideInput {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  /** Reads the state of an offering; must not change while the decision is made. */
  readonly stateOf: (offering: Offering) => OfferingState;
}

/** Decides who serves a request. Pure: the same input gives the same choice. */
export function decide({ needs, snapshot, stateOf }: DecideInput): Choice {
  const fitting: CandidateView[] = [];
  const excluded: ExcludedCandidate[] = [];
  const unsupportedAt = unsupportedFinder(needs);
  for (const offering of selectOfferings(needs, snapshot)) {
    const candidate: CandidateView = {
      offering,
      state: stateOf(offering),
      estimatedCost: expectedCost(needs, offering),
      maxCost: maxCost(needs, offering),
      unsupported: unsupportedAt(offering),
    };
    const exclusions = exclusionsOf(candidate, needs);
    if (exclusions.length === 0) fitting.push(candidate);
    else excluded.push({ ...candidate, exclusions });
  }
  const inService = needs.isProbe ? fitting : withoutUnhealthy(fitting, snapshot, excluded);
  const strategy = findStrategy(needs.strategy) ?? priority;
  const ranked = rank(inService, { needs, snapshot, strategy });
  const [first] = ranked;
  return {
    ranked,
    excluded,
    reason:
      first === undefined ? 'nothing fits' : reasonOf(first, { needs, strategy, fitting: ranked.length }),
    confidence: confidenceOf(ranked),
  };
}

/** Asks each wire format once per dialect and kind of model what it cannot express. */
function unsupportedFinder(needs: Needs): (offering: Offering) => Unsupported | undefined {
  const { request, stream } = needs;
  const found = new Map<unknown, Map<unknown, Unsupported | undefined>>();
  return (offering) => {
    const { provider, traits, model } = offering;
    const { format, dialect } = provider;
    const ofDialect = getOrAdd(found, dialect ?? format);
    if (!ofDialect.has(traits)) {
      const maxOutputTokens = outputLimit(needs, offering);
      ofDialect.set(
        traits,
        format.findUnsupported({ request, model, maxOutputTokens, stream, dialect, traits }),
      );
    }
    return ofDialect.get(traits);
  };
}

function getOrAdd<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<L, V>();
  maps.set(key, made);
  return made;
}

/** The offerings that a request's model names and its tenant sees. */
export function selectOfferings(
  { selector, tenant }: Pick<Needs, 'selector' | 'tenant'>,
  snapshot: Snapshot,
): readonly Offering[] {
  const named = namedOfferings(selector, snapshot);
  const visible = named.filter(({ provider }) => provider.tenant === '' || provider.tenant === tenant);
  if (visible.length > 0 || selector.kind !== 'model') return visible;
  const slash = selector.model.indexOf('/');
  if (slash <= 0) return [];
  const model = selector.model.slice(slash + 1);
  return (snapshot.byProvider.get(selector.model.slice(0, slash)) ?? []).filter(
    (offering) =>
      offering.model === model && (offering.provider.tenant === '' || offering.provider.tenant === tenant),
  );
}

function namedOfferings(selector: ModelSelector, snapshot: Snapshot): readonly Offering[] {
  switch (selector.kind) {
    case 'auto':
      return snapshot.offerings;
    case 'model':
      return snapshot.byModel.get(selector.model) ?? [];
    case 'pool':
      return selector.pool.offerings === 'any' ? snapshot.offerings : selector.pool.offerings;
    default:
      return unreachable(selector);
  }
}

/** Leaves out what does not work, unless most does not: then health is no help and everything stays, the worst last. */
function withoutUnhealthy(
  fitting: CandidateView[],
  snapshot: Snapshot,
  excluded: ExcludedCandidate[],
): CandidateView[] {
  const tierOf = ({ offering }: CandidateView) => healthTier(snapshot.health.get(offering.provider.key));
  const working = fitting.filter((candidate) => tierOf(candidate) < OUT_OF_SERVICE_TIER);
  if (working.length < fitting.length * PANIC_SHARE) return fitting;
  for (const candidate of fitting) {
    if (tierOf(candidate) < OUT_OF_SERVICE_TIER) continue;
    const state = healthName(snapshot.health.get(candidate.offering.provider.key));
    excluded.push({
      ...candidate,
      exclusions: [{ constraint: 'health', detail: `the provider is ${state}` }],
    });
  }
  return working;
}

interface RankingContext {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  readonly strategy: OrderingStrategy;
}

function rank(
  candidates: readonly CandidateView[],
  { needs, snapshot, strategy }: RankingContext,
): RankedCandidate[] {
  const preference = new Map(needs.preferredProviders.map((id, place) => [id, place]));
  const keyed = candidates.map((candidate) => {
    const { provider } = candidate.offering;
    const score = strategy.score(candidate);
    const order = [
      preference.get(provider.id) ?? preference.size,
      healthTier(snapshot.health.get(provider.key)),
      score ?? Number.POSITIVE_INFINITY,
      candidate.estimatedCost === undefined ? Number.POSITIVE_INFINITY : Number(candidate.estimatedCost),
    ];
    return { ranked: { ...candidate, score }, order };
  });
  keyed.sort(
    (a, b) => compareOrders(a.order, b.order) || (a.ranked.offering.key < b.ranked.offering.key ? -1 : 1),
  );
  return keyed.map(({ ranked }) => ranked);
}

function compareOrders(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function reasonOf(
  first: RankedCandidate,
  { needs, strategy, fitting }: { needs: Needs; strategy: OrderingStrategy; fitting: number },
): string {
  return needs.preferredProviders.includes(first.offering.provider.id) && fitting > 1
    ? `preferred by the request, one of ${fitting} candidates that fit`
    : strategy.reason(first, fitting);
}

/** 1 without an alternative or against one of unknown score; else from 0.5 (equal scores) towards 1 as the second's score grows. */
function confidenceOf([first, second]: readonly RankedCandidate[]): number {
  if (first === undefined) return 0;
  if (second === undefined) return 1;
  if (first.score === undefined) return 0.5;
  if (second.score === undefined) return 1;
  const difference = Math.abs(second.score - first.score);
  return difference === 0 ? 0.5 : 0.5 + (0.5 * difference) / (difference + Math.abs(first.score) + 1);
}
