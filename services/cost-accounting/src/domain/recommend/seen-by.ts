import type { Offer } from './offer.ts';

/**
 * Offers that a tenant's requests may be served by: its own providers hide those of the installation that are called the same. For
 * all tenants together (undefined) those of the installation whose name means the same to everybody.
 */
export function seenBy(offers: readonly Offer[], tenant: string | undefined): Offer[] {
  const own = new Set(
    offers
      .filter((one) => one.tenant !== '' && (tenant === undefined || one.tenant === tenant))
      .map(({ provider }) => provider),
  );
  return offers.filter((one) =>
    one.tenant === '' ? !own.has(one.provider) : tenant !== undefined && one.tenant === tenant,
  );
}
