import type { ConfiguredProvider, Offering } from './offering.ts';
import { residencyOf, tagsOf } from './offering-statements.ts';

/** A provider by each of its endpoints; itself where it has none of its own. */
export const reachesOf = (provider: ConfiguredProvider): readonly ConfiguredProvider[] =>
  provider.endpoints.length === 0 ? [provider] : provider.endpoints;

const known = new WeakMap<Offering, readonly Offering[]>();

/**
 * An offering at each endpoint of its provider; itself where the provider has none of its own. Made when it is first asked for:
 * snapshots and their indexes have every offering once, however many endpoints there are.
 */
export function atEndpoints(offering: Offering): readonly Offering[] {
  const { endpoints } = offering.provider;
  if (endpoints.length === 0) return [offering];
  let offerings = known.get(offering);
  if (offerings === undefined) {
    offerings = endpoints.map((provider) => ({
      ...offering,
      key: endpointKey(offering.sharedKey, provider.endpoint?.id ?? ''),
      provider,
      ...statedAt(provider, offering),
    }));
    known.set(offering, offerings);
  }
  return offerings;
}

/** What is stated of an offering: where it may be processed, and its tags. */
export type Stated = Pick<Offering, 'residency' | 'tags'>;

/** What is stated of an offering at each endpoint of its provider; as it is where the provider has none of its own. */
export const statedAtEndpoints = (offering: Offering): readonly Stated[] => {
  const { endpoints } = offering.provider;
  return endpoints.length === 0 ? [offering] : endpoints.map((endpoint) => statedAt(endpoint, offering));
};

const statedAt = (provider: ConfiguredProvider, { known: inCatalog }: Offering): Stated => ({
  residency: residencyOf(provider, inCatalog),
  tags: tagsOf(provider, inCatalog),
});

/** Key of an offering at an endpoint; '' where the provider has none of its own. Ids of endpoints have no `#`. */
export const endpointKey = (sharedKey: string, endpoint: string): string =>
  endpoint === '' ? sharedKey : `${sharedKey}#${endpoint}`;

/** An offering's name for people: `provider/model`, or `provider/model#endpoint`. */
export const offeringName = ({ provider, model }: Offering): string =>
  endpointKey(`${provider.id}/${model}`, provider.endpoint?.id ?? '');
