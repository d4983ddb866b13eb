import { isWorthIt, type ModelUse, type Recommendation, recommendationId } from './recommendation.ts';

/** Probes of a provider that answered nobody. */
export function idleProbes(uses: readonly ModelUse[]): Recommendation[] {
  return [...Map.groupBy(uses, ({ provider }) => provider)].flatMap(([provider, of]) => {
    const probes = of.filter(({ purpose }) => purpose === 'probe');
    const savingsNanoUsd = probes.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
    const isAsked = of.some(({ purpose, attempts }) => purpose !== 'probe' && attempts > 0n);
    if (isAsked || !isWorthIt(savingsNanoUsd, savingsNanoUsd)) return [];
    const count = probes.reduce((sum, { attempts }) => sum + attempts, 0n);
    const id = recommendationId(['idle_probes', provider]);
    return [
      {
        ...{ id, type: 'idle_probes' as const, savingsNanoUsd },
        description: `${provider} was probed and asked nothing else`,
        evidence: { provider, probes: String(count), cost_nano_usd: String(savingsNanoUsd) },
        command: `switchyard costs recommend apply ${id}`,
        change: { kind: 'probes_off' as const, provider },
      },
    ];
  });
}
