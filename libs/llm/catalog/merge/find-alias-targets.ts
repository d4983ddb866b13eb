import type { MergedOffering } from './merged-offering.ts';

/** What an alias is called without its ending, and what a dated model is called without its date. */
const STEM = /[-@:](?:latest|\d{4}-?\d{2}-?\d{2}|\d{4})$/;

/**
 * Fills in what "…-latest" stands for, where that is known: the one dated model of the same name that was released on the
 * same day. No source states it; such names move on, so several candidates, or none, leave it unknown.
 */
export function findAliasTargets(offerings: readonly MergedOffering[]): MergedOffering[] {
  const dated = offerings.filter(({ isAlias, model }) => !isAlias && STEM.test(model));
  const byStem = Map.groupBy(dated, ({ model }) => model.replace(STEM, ''));
  return offerings.map((offering) => {
    if (!offering.isAlias || offering.releasedOn === undefined) return offering;
    const candidates = (byStem.get(offering.model.replace(STEM, '')) ?? []).filter(
      ({ releasedOn }) => releasedOn === offering.releasedOn,
    );
    const [only] = candidates;
    return candidates.length === 1 && only !== undefined ? { ...offering, aliasOf: only.model } : offering;
  });
}
