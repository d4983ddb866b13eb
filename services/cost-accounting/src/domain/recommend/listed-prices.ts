import type { OfferingPrice } from '@switchyard/contracts/cost';
import { isComparable } from './cheaper-offers.ts';
import { costAt } from './offer.ts';
import { isWorthIt, type ModelUse, type Recommendation, recommendationId } from './recommendation.ts';

/** The same model at another provider of the price book, whether it is configured or not. */
export function listedElsewhere(
  uses: readonly ModelUse[],
  prices: readonly OfferingPrice[],
): Recommendation[] {
  const byModel = Map.groupBy(prices, ({ model }) => model);
  return uses.filter(isComparable).flatMap((use) => {
    const { provider, model, inputTokens, outputTokens, costNanoUsd, attempts } = use;
    let best: { readonly at: OfferingPrice; readonly cost: bigint } | undefined;
    for (const at of byModel.get(model) ?? []) {
      const chargedOtherwise = (at.request ?? 0n) > 0n || at.tiers.length > 0;
      const cost = at.provider === provider ? undefined : costAt({ ...pricesOf(at), chargedOtherwise }, use);
      if (cost !== undefined && (best === undefined || cost < best.cost)) best = { at, cost };
    }
    if (best === undefined || !isWorthIt(costNanoUsd - best.cost, costNanoUsd)) return [];
    const { at } = best;
    const evidence = {
      ...{ provider, model, other_provider: at.provider, other_model: at.model },
      ...{ requests: String(attempts) },
      ...{ input_tokens: String(inputTokens), output_tokens: String(outputTokens) },
      ...{ cost_nano_usd: String(costNanoUsd), other_cost_nano_usd: String(best.cost) },
    };
    return [
      {
        id: recommendationId(['listed', provider, model, at.provider]),
        type: 'cheaper_offering' as const,
        savingsNanoUsd: costNanoUsd - best.cost,
        description: `${model} of ${provider} is cheaper at ${at.provider}, by its prices and what was used`,
        ...{ evidence, command: '', change: undefined },
      },
    ];
  });
}

const pricesOf = ({ input, output, reasoning }: OfferingPrice) => ({ input, output, reasoning });
