import {
  type Candidate,
  type CostEstimate,
  type Decision,
  strategyName,
} from '@switchyard/contracts/routing';

/** What is known of one provider for one request. */
export interface WhyNotInput {
  /** Id of the provider. */
  readonly provider: string;
  readonly decision: Decision;
  /** What the provider offers for the request, where the decision lists none of it. */
  readonly estimates: readonly CostEstimate[];
}

/** Most sentences that are told. */
const MAX_TOLD = 10;

/** Most models that one sentence names. */
const MAX_NAMED = 3;

/** One model of the provider, and what is said of it. */
interface Told {
  /** Provider and model. */
  readonly name: string;
  /** What follows the name; undefined where nothing excludes the model. */
  readonly exclusion?: string;
  readonly sentence: string;
}

/** Why a provider would not answer a request, or that it would: a sentence for its models that are alike in it. */
export function whyNot({ provider, decision, estimates }: WhyNotInput): string[] {
  const candidates = decision.candidates.filter((one) => one.provider === provider);
  const told =
    candidates.length > 0
      ? candidates.map((one) => ofCandidate(one, decision))
      : estimates.map((one) => ofEstimate(one, decision));
  if (told.length === 0) return [ofAbsent({ provider, decision })];
  const sentences = together(told);
  const more = sentences.length - MAX_TOLD;
  return more > 0
    ? [...sentences.slice(0, MAX_TOLD), `… and ${more} more sentences of its models.`]
    : sentences;
}

/** The models that are excluded by the same are named in one sentence. */
function together(told: readonly Told[]): string[] {
  const byExclusion = Map.groupBy(told, ({ exclusion, name }) => exclusion ?? name);
  return [...byExclusion.values()].map((alike) => {
    const [first] = alike;
    if (first?.exclusion === undefined || alike.length === 1) return first?.sentence ?? '';
    const named = alike.slice(0, MAX_NAMED).map(({ name }) => name);
    const more = alike.length - named.length;
    const last = more > 0 ? `${more} more of its models` : named.pop();
    return `${named.join(', ')} and ${last} are ${first.exclusion}`;
  });
}

function ofCandidate(candidate: Candidate, { candidates, route, strategy }: Decision): Told {
  const name = `${candidate.provider}/${candidate.model}`;
  if (candidate.rank === 0) return excluded(name, candidate);
  if (name === `${route?.provider}/${route?.model}`)
    return { name, sentence: `${name} would answer: ${route?.reason}.` };
  const first = candidates.find(({ rank }) => rank === 1);
  const scores =
    candidate.score === undefined || first?.score === undefined
      ? ''
      : `, with a score of ${short(candidate.score)} against ${short(first.score)}`;
  const by = strategyName(strategy) ?? 'unknown';
  return {
    name,
    sentence: `${name} fits, and comes at place ${candidate.rank}, after ${first?.provider}/${first?.model} by ${by}${scores}; --prefer-provider ${candidate.provider} puts it first.`,
  };
}

const short = (score: number): string => String(Number(score.toPrecision(6)));

function ofEstimate(estimate: CostEstimate, { route }: Decision): Told {
  const name = `${estimate.provider}/${estimate.model}`;
  if (estimate.exclusions.length > 0) return excluded(name, estimate);
  return {
    name,
    sentence: `${name} fits, and comes after the candidates that are listed, the first of them ${route?.provider}/${route?.model}; --prefer-provider ${estimate.provider} puts it first.`,
  };
}

function excluded(name: string, { exclusions }: Pick<Candidate, 'exclusions'>): Told {
  const reasons = exclusions.map(({ constraint, detail, wayOut }) => {
    const mended = wayOut === '' ? '' : ` (to change that: ${wayOut})`;
    return `${constraint}: ${detail}${mended}`;
  });
  const exclusion = `excluded by ${reasons.join('; by ')}.`;
  return { name, exclusion, sentence: `${name} is ${exclusion}` };
}

function ofAbsent({ provider, decision }: Omit<WhyNotInput, 'estimates'>): string {
  const asked = decision.requestedModel;
  if (decision.pool !== '')
    return `${provider} serves nothing of the pool ${decision.pool}: none of its members names it. Add it to the members of the pool.`;
  return `${provider} does not offer ${asked}; "switchyard models --provider ${provider}" lists what it offers, and \`models\` or \`catalog_id\` of the provider add to it.`;
}
