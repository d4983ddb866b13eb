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
  /** Ids of the providers that the caller may use. */
  readonly providers: readonly string[];
}

/** Most of a provider's models that are told of. */
const MAX_TOLD = 10;

/** Why a provider would not answer a request, or that it would: a sentence for each of its models that was considered. */
export function whyNot({ provider, decision, estimates, providers }: WhyNotInput): string[] {
  const candidates = decision.candidates.filter((one) => one.provider === provider);
  const sentences =
    candidates.length > 0
      ? candidates.map((one) => ofCandidate(one, decision))
      : estimates.map((one) => ofEstimate(one, decision));
  if (sentences.length === 0) return [ofAbsent({ provider, decision, providers })];
  const more = sentences.length - MAX_TOLD;
  const told = sentences.slice(0, MAX_TOLD);
  return more > 0 ? [...told, `… and ${more} more of its models.`] : told;
}

function ofCandidate(candidate: Candidate, { candidates, route, strategy }: Decision): string {
  const name = `${candidate.provider}/${candidate.model}`;
  if (candidate.rank === 0) return excluded(name, candidate);
  if (name === `${route?.provider}/${route?.model}`) return `${name} would answer: ${route?.reason}.`;
  const first = candidates.find(({ rank }) => rank === 1);
  const scores =
    candidate.score === undefined || first?.score === undefined
      ? ''
      : `, with a score of ${short(candidate.score)} against ${short(first.score)}`;
  const by = strategyName(strategy) ?? 'unknown';
  return `${name} fits, and comes at place ${candidate.rank}, after ${first?.provider}/${first?.model} by ${by}${scores}; --prefer-provider ${candidate.provider} puts it first.`;
}

const short = (score: number): string => String(Number(score.toPrecision(6)));

function ofEstimate(estimate: CostEstimate, { route }: Decision): string {
  const name = `${estimate.provider}/${estimate.model}`;
  if (estimate.exclusions.length > 0) return excluded(name, estimate);
  return `${name} fits, and comes after the candidates that are listed, the first of them ${route?.provider}/${route?.model}; --prefer-provider ${estimate.provider} puts it first.`;
}

function excluded(name: string, { exclusions }: Pick<Candidate, 'exclusions'>): string {
  const reasons = exclusions.map(({ constraint, detail, wayOut }) => {
    const mended = wayOut === '' ? '' : ` (to change that: ${wayOut})`;
    return `${constraint}: ${detail}${mended}`;
  });
  return `${name} is excluded by ${reasons.join('; by ')}.`;
}

function ofAbsent({ provider, decision, providers }: Omit<WhyNotInput, 'estimates'>): string {
  if (!providers.includes(provider))
    return `There is no provider ${provider}; there are ${providers.slice(0, 20).join(', ') || 'none'}. "switchyard apply" adds one.`;
  const asked = decision.requestedModel;
  if (decision.pool !== '')
    return `${provider} serves nothing of the pool ${decision.pool}: none of its members names it. Add it to the members of the pool.`;
  return `${provider} does not offer ${asked}; "switchyard models --provider ${provider}" lists what it offers, and \`models\` or \`catalog_id\` of the provider add to it.`;
}
