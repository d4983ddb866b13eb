import type { Offering } from '../snapshot/offering.ts';

/** What pools are resolved with: offerings by the names that members may have for them. */
export interface MemberOfferings {
  /** Provider id → its offerings, of all tenants. */
  readonly byProvider: ReadonlyMap<string, readonly Offering[]>;
  /** Model id, canonical name or alias → its offerings. */
  readonly byModel: ReadonlyMap<string, readonly Offering[]>;
}
