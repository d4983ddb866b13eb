import { type ProviderEndpoint, ProviderMode } from '@switchyard/contracts/routing';
import { quotasOf } from '../limits/quota.ts';
import { readAddress } from '../provider/base-url.ts';
import type { ConfiguredProvider } from './offering.ts';
import { isRegion, type Region } from './region.ts';

/** Weight of an endpoint that sets none. */
const DEFAULT_WEIGHT = 100;

/** A provider by each of its endpoints; one whose address cannot be read is left out. */
export function endpointsOf(
  whole: ConfiguredProvider,
  endpoints: readonly ProviderEndpoint[],
): ConfiguredProvider[] {
  return endpoints.flatMap((endpoint) => {
    const address = endpoint.baseUrl === '' ? whole.address : readAddress(endpoint.baseUrl);
    if (address === undefined) return [];
    const { id, weight = DEFAULT_WEIGHT, tags } = endpoint;
    return {
      ...whole,
      endpoint: { id, weight },
      address,
      credentialRef: endpoint.credentialRef || whole.credentialRef,
      region: endpoint.region === '' ? whole.region : knownRegion(endpoint.region),
      tags: tags.length === 0 ? whole.tags : new Set([...whole.tags, ...tags]),
      mode: stricter(whole.mode, endpoint.mode),
      adaptiveConcurrency: whole.adaptiveConcurrency || (endpoint.limits?.adaptiveConcurrency ?? false),
      quotas:
        endpoint.limits === undefined
          ? whole.quotas
          : [
              ...whole.quotas,
              ...quotasOf(endpoint.limits, { tenant: whole.tenant, provider: whole.id, endpoint: id }),
            ],
    };
  });
}

/** The region of a name; of a name that is none it is not known where data goes. */
export const knownRegion = (name: string): Region => (isRegion(name) ? name : 'global');

/** Both have to let it take part: a disabled one never does, one in maintenance may be probed. */
function stricter(a: ProviderMode, b: ProviderMode): ProviderMode {
  for (const mode of [ProviderMode.DISABLED, ProviderMode.MAINTENANCE])
    if (a === mode || b === mode) return mode;
  return a;
}
