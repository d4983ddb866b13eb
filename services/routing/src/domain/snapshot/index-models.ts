import type { Offering } from './snapshot.ts';

/** Offerings by what they may be asked for as: the model id at the provider, and the canonical name that offerings share. */
export function indexModels(offerings: readonly Offering[]): ReadonlyMap<string, readonly Offering[]> {
  const index = new Map<string, Offering[]>();
  const add = (name: string, offering: Offering) => {
    const known = index.get(name);
    if (known === undefined) index.set(name, [offering]);
    else known.push(offering);
  };
  for (const offering of offerings) {
    const { model, canonicalModel } = offering;
    add(model, offering);
    if (canonicalModel !== undefined && canonicalModel !== model) add(canonicalModel, offering);
  }
  return index;
}
