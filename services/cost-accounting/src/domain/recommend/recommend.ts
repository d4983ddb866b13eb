import type { OfferingPrice } from '@switchyard/contracts/cost';
import { nanoUsdPerMillion, rate } from '@switchyard/kernel';

/** What a model of a provider was used for. */
export interface ModelUse {
  readonly provider: string;
  readonly model: string;
  /** Such as `user_request` or `probe`. */
  readonly purpose: string;
  /** Such as `charge`. */
  readonly line: string;
  readonly attempts: bigint;
  readonly unpricedAttempts: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly costNanoUsd: bigint;
}

/** Something that would have cost less. */
export interface Recommendation {
  readonly type: 'cheaper_offering' | 'idle_probes';
  /** What would have been saved in the period, in nano-USD. */
  readonly savingsNanoUsd: bigint;
  readonly description: string;
  /** The numbers behind it. */
  readonly evidence: Readonly<Record<string, string>>;
  /** What does it; '' where it takes more than a command. */
  readonly command: string;
}

/** Savings that are worth a word: a cent, and a tenth of the cost. */
const LEAST_NANO_USD = 10_000_000n;
const LEAST_SHARE = 10n;

/** What the use of a period could have cost less by, the most first. */
export function recommend(uses: readonly ModelUse[], prices: readonly OfferingPrice[]): Recommendation[] {
  const byModel = Map.groupBy(prices, ({ model }) => model);
  return [...cheaperOfferings(uses, byModel), ...idleProbes(uses)].toSorted((a, b) =>
    a.savingsNanoUsd === b.savingsNanoUsd
      ? a.description < b.description
        ? -1
        : 1
      : a.savingsNanoUsd > b.savingsNanoUsd
        ? -1
        : 1,
  );
}

/**
 * The same model at another provider, rated with the tokens that were really used, all input at its full price: what is read from prompt
 * caches would cost less still.
 */
function cheaperOfferings(
  uses: readonly ModelUse[],
  byModel: ReadonlyMap<string, readonly OfferingPrice[]>,
): Recommendation[] {
  return uses.flatMap((use) => {
    const { provider, model, inputTokens, outputTokens, costNanoUsd, attempts, unpricedAttempts } = use;
    if (use.purpose !== 'user_request' || use.line !== 'charge' || unpricedAttempts > 0n) return [];
    let best: { readonly at: OfferingPrice; readonly cost: bigint } | undefined;
    for (const at of byModel.get(model) ?? []) {
      const cost = at.provider === provider ? undefined : ratedCost(at, use);
      if (cost !== undefined && (best === undefined || cost < best.cost)) best = { at, cost };
    }
    if (best === undefined) return [];
    const savingsNanoUsd = costNanoUsd - best.cost;
    if (savingsNanoUsd < LEAST_NANO_USD || savingsNanoUsd * LEAST_SHARE < costNanoUsd) return [];
    const evidence = {
      provider,
      model,
      other_provider: best.at.provider,
      requests: String(attempts),
      input_tokens: String(inputTokens),
      output_tokens: String(outputTokens),
      cost_nano_usd: String(costNanoUsd),
      other_cost_nano_usd: String(best.cost),
    };
    const description = `${model} of ${provider} is cheaper at ${best.at.provider}, by its prices and what was used`;
    return [{ type: 'cheaper_offering' as const, savingsNanoUsd, description, evidence, command: '' }];
  });
}

/** Undefined where a price that it needs is not known, or one beside tokens would be charged. */
function ratedCost(price: OfferingPrice, { inputTokens, outputTokens }: ModelUse): bigint | undefined {
  const { input, output, request, tiers } = price;
  if (input === undefined || output === undefined || (request ?? 0n) > 0n || tiers.length > 0)
    return undefined;
  return rate(inputTokens, nanoUsdPerMillion(input)) + rate(outputTokens, nanoUsdPerMillion(output));
}

/** Probes of a provider that answered nobody. */
function idleProbes(uses: readonly ModelUse[]): Recommendation[] {
  return [...Map.groupBy(uses, ({ provider }) => provider)].flatMap(([provider, of]) => {
    const probes = of.filter(({ purpose }) => purpose === 'probe');
    const savingsNanoUsd = probes.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
    if (
      savingsNanoUsd < LEAST_NANO_USD ||
      of.some(({ purpose, attempts }) => purpose !== 'probe' && attempts > 0n)
    )
      return [];
    const count = probes.reduce((sum, { attempts }) => sum + attempts, 0n);
    return [
      {
        type: 'idle_probes' as const,
        savingsNanoUsd,
        description: `${provider} was probed and asked nothing else`,
        evidence: { provider, probes: String(count), cost_nano_usd: String(savingsNanoUsd) },
        command: `switchyard probing set ${provider} --off`,
      },
    ];
  });
}
