import type { Offering } from './offering.ts';

/** Offerings by whose they are, so that a request touches none that its tenant does not see. */
export interface OfferingsByTenant {
  /** Of the installation's providers: everybody sees them. */
  readonly common: readonly Offering[];
  /** Tenant → those of its own providers. */
  readonly own: ReadonlyMap<string, readonly Offering[]>;
}

const divisions = new WeakMap<readonly Offering[], OfferingsByTenant>();

/** Divides offerings by tenant, in the order that they have. Made once for each array, which must not change. */
export function offeringsByTenant(offerings: readonly Offering[]): OfferingsByTenant {
  let division = divisions.get(offerings);
  if (division === undefined) {
    const own = Map.groupBy(offerings, ({ provider }) => provider.tenant);
    const common = own.get('') ?? [];
    own.delete('');
    division = { common, own };
    divisions.set(offerings, division);
  }
  return division;
}

/** The offerings that a tenant sees: the installation's, then its own. */
export function offeringsSeenBy(tenant: string, offerings: readonly Offering[]): readonly Offering[] {
  const { common, own } = offeringsByTenant(offerings);
  const ofTenant = own.get(tenant);
  return ofTenant === undefined ? common : [...common, ...ofTenant];
}

const keyed = new WeakMap<readonly Offering[], ReadonlyMap<string, Offering>>();

/** Offerings by key. Made once for each array, which must not change. */
export function offeringsByKey(offerings: readonly Offering[]): ReadonlyMap<string, Offering> {
  let byKey = keyed.get(offerings);
  if (byKey === undefined) {
    byKey = new Map(offerings.map((offering) => [offering.key, offering]));
    keyed.set(offerings, byKey);
  }
  return byKey;
}
