import type { Offering } from './offering.ts';

/** Offerings by what they may be asked for as: the model id at the provider, the canonical name that offerings share, and their aliases. */
export function indexModels(offerings: readonly Offering[]): ReadonlyMap<string, readonly Offering[]> {
  const index = new Map<string, Offering[]>();
  const add = (name: string, offering: Offering) => {
    const known = index.get(name);
    if (known === undefined) index.set(name, [offering]);
    else known.push(offering);
  };
  for (const offering of offerings) {
    for (const name of namesOf(offering)) add(name, offering);
  }
  return index;
}

/** Every name that an offering may be asked for as, each once. */
export function namesOf({ model, canonicalModel, aliases }: Offering): ReadonlySet<string> {
  return new Set([model, canonicalModel ?? model, ...aliases]);
}
