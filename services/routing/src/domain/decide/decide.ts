import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';
import { type OfferingIndex, type ProviderGroup, providerGroupsFor } from '../snapshot/offering-index.ts';
import { findStrategy } from '../strategies/find-strategy.ts';
import { priority } from '../strategies/priority.ts';
import type { Candidate, Exclusion } from './candidate.ts';
import { breakerExclusion, exclusionsOf } from './constraints.ts';
import { Evaluation, type EvaluationInput } from './evaluate.ts';
import { healthExclusion, isPanic, OUT_OF_SERVICE_TIER } from './health-tier.ts';
import { MAX_CANDIDATES } from './max-candidates.ts';
import { rank } from './rank.ts';
import type { Ranking } from './ranking.ts';
import { type SelectedOfferings, selectOfferings } from './select-offerings.ts';
import { shortlist } from './shortlist.ts';

/** A candidate that fits. */
export type RankedCandidate = Candidate;

/** A candidate that does not fit. */
export interface ExcludedCandidate {
  readonly offering: Offering;
  readonly candidate: Candidate;
  readonly exclusions: readonly Exclusion[];
}

/** A choice: who would serve, in which order, and who not and why. */
export interface Choice extends Omit<Ranking<Candidate>, 'scored'> {
  /** Best first; empty where nothing fits. */
  readonly ranked: readonly RankedCandidate[];
  /** Scores of the ranked; smaller is better; undefined where unknown. */
  readonly scores: readonly (number | undefined)[];
  readonly excluded: readonly ExcludedCandidate[];
  /** How many candidates fit; undefined where not all were looked at. */
  readonly fitting: number | undefined;
  /** How many candidates were not looked at. */
  readonly unseen: number;
  /** What random numbers were made from. */
  readonly seed: bigint;
}

/** What a decision is made on. */
export interface DecideInput extends EvaluationInput {
  /** A uint64, drawn once for the request: everything random comes from it. */
  readonly seed: bigint;
  /** 'all' looks at every candidate, for people; 'enough' stops, among many, when further ones would not change the choice. */
  readonly look: 'all' | 'enough';
  /** Keys of the offerings whose latency is known: a request that limits it looks at no others. */
  readonly measured: () => Iterable<string>;
  /** What the request's model names, where the caller has selected it already. Default: it is selected here. */
  readonly selected?: SelectedOfferings;
}

/** Decides who serves a request. Pure: the same input gives the same choice, and it begins alike however many are looked at. */
export function decide(input: DecideInput): Choice {
  const { needs, snapshot, look, selected = selectOfferings(needs, snapshot) } = input;
  const index = look === 'all' || needs.isProbe ? undefined : selected.index;
  if (index === undefined) return decideAmong(selected.all(), input);
  const { candidates, seen } =
    needs.maxLatencyMs === undefined ? listFew(index, input) : listMeasured(index, input);
  if (seen === 0) return explainNone(input, { index, count: selected.count });
  const unseen = selected.count - seen;
  return choiceOf(candidates, { input, excluded: [], fitting: undefined, unseen });
}

interface Listed {
  /** By each endpoint that fits. */
  readonly candidates: readonly Candidate[];
  /** How many offerings they are of. */
  readonly seen: number;
}

function listFew(index: OfferingIndex, input: DecideInput): Listed {
  const evaluation = new Evaluation(input);
  const few = shortlist({ index, evaluation, strategy: strategyOf(input) });
  few.push(...holders(index, { evaluation, few }));
  return { candidates: fittingEndpoints(few, evaluation), seen: few.length };
}

/** Those that fit and have the beginning of the request in their prompt cache: the index does not know that they cost less. */
function holders(
  index: OfferingIndex,
  { evaluation, few }: { readonly evaluation: Evaluation; readonly few: readonly Candidate[] },
): Candidate[] {
  const { needs } = evaluation;
  if (needs.heldPrefixes === undefined) return [];
  return visible(index, needs.heldPrefixes.keys(), needs)
    .filter((offering) => !few.some(({ sharedKey }) => sharedKey === offering.sharedKey))
    .map((offering) => evaluation.candidate(offering))
    .filter((candidate) => candidate.tier < OUT_OF_SERVICE_TIER && evaluation.fits(candidate));
}

function listMeasured(index: OfferingIndex, input: DecideInput): Listed {
  const { ranked } = decideAmong(measuredOf(index, input), input);
  return { candidates: ranked, seen: new Set(ranked.map(({ sharedKey }) => sharedKey)).size };
}

const strategyOf = ({ needs }: DecideInput) => findStrategy(needs.strategy) ?? priority;

/** Candidates that were found to fit, by those of their providers' endpoints that do. */
const fittingEndpoints = (candidates: readonly Candidate[], evaluation: Evaluation): readonly Candidate[] =>
  candidates.flatMap((candidate) => {
    if (candidate.provider.endpoints.length === 0) return candidate;
    return evaluation.byEndpoint(candidate).filter((one) => exclusionsOf(one, evaluation.needs).length === 0);
  });

/** Looks at every one of some offerings. */
function decideAmong(offerings: readonly Offering[], input: DecideInput): Choice {
  const evaluation = new Evaluation(input);
  const fitting: Candidate[] = [];
  const excluded: ExcludedCandidate[] = [];
  for (const offering of offerings) {
    for (const candidate of evaluation.byEndpoint(evaluation.candidate(offering))) {
      const exclusions = exclusionsOf(candidate, input.needs);
      if (exclusions.length === 0) fitting.push(candidate);
      else excluded.push({ offering: candidate.offering, candidate, exclusions });
    }
  }
  const narrow = input.needs.isProbe ? withoutOpenEndpoints : withoutUnhealthy;
  const candidates = narrow(fitting, { input, excluded });
  return choiceOf(candidates, { input, excluded, fitting: candidates.length, unseen: 0 });
}

interface Looked {
  readonly input: DecideInput;
  readonly excluded: readonly ExcludedCandidate[];
  readonly fitting: number | undefined;
  readonly unseen: number;
}

function choiceOf(candidates: readonly Candidate[], { input, excluded, fitting, unseen }: Looked): Choice {
  const { needs, seed } = input;
  const { scored, reason, confidence, propensity } = rank(candidates, {
    strategy: strategyOf(input),
    seed,
    compositeWeights: needs.compositeWeights,
    preferredCount: needs.preferredProviders.length,
    fitting,
  });
  const ranked = scored.map(({ contender }) => contender);
  const scores = scored.map(({ score }) => score);
  return { reason, confidence, propensity, excluded, fitting, unseen, ranked, scores, seed };
}

/** Leaves out what does not work, unless most does not: then health is no help and everything stays, the worst last. */
function withoutUnhealthy(
  fitting: readonly Candidate[],
  { input, excluded }: { readonly input: DecideInput; readonly excluded: ExcludedCandidate[] },
): readonly Candidate[] {
  if (isPanic(fitting)) return fitting;
  const working: Candidate[] = [];
  for (const candidate of fitting) {
    if (candidate.tier < OUT_OF_SERVICE_TIER) working.push(candidate);
    else {
      const { offering } = candidate;
      const exclusion = healthExclusion(input.snapshot.health.get(offering.provider.key));
      excluded.push({ offering, candidate, exclusions: [exclusion] });
    }
  }
  return working;
}

/**
 * A probe may go where a breaker is open, or nobody would learn that a provider works again; but it does not take a broken endpoint
 * for the provider while another one admits calls.
 */
function withoutOpenEndpoints(
  fitting: readonly Candidate[],
  { excluded }: { readonly excluded: ExcludedCandidate[] },
): readonly Candidate[] {
  const admitting = new Set(
    fitting.flatMap(({ state, sharedKey }) => (state.breakerAdmits ? sharedKey : [])),
  );
  return fitting.filter((candidate) => {
    const { offering, state, sharedKey } = candidate;
    if (state.breakerAdmits || !admitting.has(sharedKey)) return true;
    excluded.push({ offering, candidate, exclusions: [breakerExclusion(state.breaker)] });
    return false;
  });
}

/** The measured ones of an index that the tenant sees. */
const measuredOf = (index: OfferingIndex, { measured, needs }: DecideInput): Offering[] =>
  visible(index, measured(), needs);

/** Those of some shared keys that are in an index, and that the tenant sees. */
function visible({ byKey }: OfferingIndex, keys: Iterable<string>, needs: Needs): Offering[] {
  const offerings: Offering[] = [];
  for (const key of keys) {
    const offering = byKey.get(key);
    if (offering === undefined) continue;
    const { tenant } = offering.provider;
    if (tenant === '' || tenant === needs.tenant) offerings.push(offering);
  }
  return offerings;
}

/** Tells of some of many that do not fit, a few of each provider; looks at no others. */
function explainNone(
  input: DecideInput,
  { index, count }: { readonly index: OfferingIndex; readonly count: number },
): Choice {
  const groups = providerGroupsFor(index, input.needs.tenant).slice(0, MAX_CANDIDATES);
  const ofEach = Math.max(1, Math.floor(MAX_CANDIDATES / Math.max(1, groups.length)));
  const told = groups.flatMap((group) => examplesOf(group, ofEach));
  return { ...decideAmong(told, input), fitting: 0, unseen: count - told.length };
}

function examplesOf({ priceBuckets }: ProviderGroup, limit: number): Offering[] {
  const examples: Offering[] = [];
  for (const { offerings } of priceBuckets) {
    if (examples.length >= limit) break;
    examples.push(...offerings.slice(0, limit - examples.length));
  }
  return examples;
}
