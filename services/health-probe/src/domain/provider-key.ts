/** Names a provider: two tenants may use the same id. */
export interface ProviderName {
  /** '' for the installation's. */
  readonly tenant: string;
  readonly provider: string;
}

/** A provider's name as one text, for maps. Ids hold no line end. */
export const providerKey = ({ tenant, provider }: ProviderName): string => `${tenant}\n${provider}`;

/** The order of lists: by id, the installation's first. */
export function compareProviders(a: ProviderName, b: ProviderName): number {
  if (a.provider !== b.provider) return a.provider < b.provider ? -1 : 1;
  if (a.tenant === b.tenant) return 0;
  return a.tenant < b.tenant ? -1 : 1;
}
