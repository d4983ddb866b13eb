import type { LedgerLine } from '../ledger/ledger-entry.ts';
import { adoptionOf } from './adoption.ts';
import { type AskedName, movableNames } from './asked-names.ts';
import { costAt, equivalence, type Offer } from './offer.ts';
import { isWorthIt, type ModelUse, type Recommendation, recommendationId } from './recommendation.ts';

/** What cheaper offers are looked for in. */
export interface OfferInputs {
  readonly uses: readonly ModelUse[];
  /** Of providers that the tenant sees. */
  readonly offers: readonly Offer[];
  readonly asked: readonly AskedName[];
  /** Whose requests; '' for those of every tenant. */
  readonly tenant: string;
}

/** A use that another offer would have cost less. */
interface CheaperOffer {
  readonly use: ModelUse;
  readonly present: Offer;
  readonly other: Offer;
  readonly otherNanoUsd: bigint;
  readonly by: 'same_model' | 'same_statements';
}

/** Uses that can be told of: ordinary requests whose cost is known. */
export const isComparable = ({ purpose, line, unpricedAttempts }: ModelUse): boolean =>
  purpose === 'user_request' && ANSWERED.has(line) && unpricedAttempts === 0n;

const ANSWERED: ReadonlySet<string> = new Set(['charge', 'overdraft'] satisfies LedgerLine[]);

/**
 * What configured providers would have cost less, with the tokens that were really used, all input at its full price. The same model
 * elsewhere comes first; another one is told of only where there is none. Savings are those of requests that name the model: who asks
 * for "auto" or a pool has left the choice to these.
 */
export function cheaperOffers(inputs: OfferInputs): Recommendation[] {
  return inputs.uses.filter(isComparable).flatMap((use) => {
    const present = inputs.offers.find(isOf(use));
    if (present === undefined) return [];
    const best =
      cheapest(use, { present, by: 'same_model', offers: inputs.offers }) ??
      cheapest(use, { present, by: 'same_statements', offers: inputs.offers });
    return best === undefined ? [] : recommendationOf(best, inputs);
  });
}

const isOf =
  ({ provider, model }: Pick<ModelUse, 'provider' | 'model'>) =>
  (offer: Offer): boolean =>
    offer.provider === provider && offer.model === model;

function cheapest(
  use: ModelUse,
  { present, by, offers }: Pick<CheaperOffer, 'present' | 'by'> & Pick<OfferInputs, 'offers'>,
): CheaperOffer | undefined {
  let best: CheaperOffer | undefined;
  for (const other of offers) {
    if (other === present || equivalence(present, other) !== by) continue;
    const otherNanoUsd = costAt(other, use);
    if (otherNanoUsd !== undefined && otherNanoUsd < (best?.otherNanoUsd ?? use.costNanoUsd))
      best = { use, present, other, otherNanoUsd, by };
  }
  return best;
}

function recommendationOf(
  { use, present, other, otherNanoUsd, by }: CheaperOffer,
  { asked, tenant }: OfferInputs,
): Recommendation[] {
  const { names, requests, costNanoUsd, allRequests, allNanoUsd } = movableNames(asked, use);
  if (allNanoUsd === 0n) return [];
  const savingsNanoUsd = ((use.costNanoUsd - otherNanoUsd) * costNanoUsd) / allNanoUsd;
  if (!isWorthIt(savingsNanoUsd, (use.costNanoUsd * costNanoUsd) / allNanoUsd)) return [];
  const type = by === 'same_model' ? 'cheaper_offering' : 'cheaper_model';
  const id = recommendationId([type, tenant, use.provider, use.model, other.provider, other.model]);
  const share = by === 'same_model' ? 'all' : 'some';
  return [
    {
      ...{ id, type, savingsNanoUsd, description: descriptionOf({ present, other, by }) },
      evidence: {
        ...{ provider: use.provider, model: use.model },
        ...{ other_provider: other.provider, other_model: other.model, equivalent_by: by },
        capabilities: [...present.capabilities].sort().join(' '),
        ...{ context_tokens: numberText(present.contextTokens) },
        ...{ other_context_tokens: numberText(other.contextTokens) },
        ...{ requests: String(use.attempts) },
        ...{ input_tokens: String(use.inputTokens), output_tokens: String(use.outputTokens) },
        ...{ cost_nano_usd: String(use.costNanoUsd), other_cost_nano_usd: String(otherNanoUsd) },
        ...{ asked_by: names.join(' '), asked_by_name: `${requests} of the last ${allRequests} requests` },
      },
      command: `switchyard costs recommend apply ${id}`,
      change: {
        kind: 'configuration',
        configuration: adoptionOf({ id, tenant, names, present, other, share }),
      },
    },
  ];
}

const numberText = (count: number | undefined): string => (count === undefined ? 'unknown' : String(count));

function descriptionOf({ present, other, by }: Pick<CheaperOffer, 'present' | 'other' | 'by'>): string {
  const [here, there] = [`${present.provider}/${present.model}`, `${other.provider}/${other.model}`];
  return by === 'same_model'
    ? `${there} is the same model as ${here}, and cheaper by its prices and what was used`
    : `${there} states all that ${here} does and is cheaper; whether it answers as well is not known: applied, it gets one request in ten`;
}
