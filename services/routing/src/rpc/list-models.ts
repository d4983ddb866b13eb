import type { ListModelsRequest, ListModelsResponse, Model } from '@switchyard/contracts/routing';
import { ProviderMode } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Principal, Rpc, UnaryHandler } from '@switchyard/service-kit';
import {
  CAPABILITIES,
  capabilityNames,
  capabilitySet,
  isCapability,
  missingCapabilities,
} from '../domain/snapshot/capability.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import { offeringsSeenBy } from '../domain/snapshot/offerings-by-tenant.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { pageOf, readPage } from './paging.ts';

/** InferenceService.ListModels */
export const listModels = (
  snapshots: SnapshotHolder,
): Rpc<UnaryHandler<ListModelsRequest, ListModelsResponse>> => ({
  permission: 'routing.provider.read',
  handle: async (request, { principal }) => {
    const page = readPage(request, { fallback: 1_000, max: 5_000 });
    request.capabilities.forEach((name, i) => {
      if (isCapability(name)) return;
      throw invalidArgument({
        field: `capabilities[${i}]`,
        description: `must be one of ${CAPABILITIES.join(', ')}`,
      });
    });
    const needed = capabilitySet(request.capabilities);
    const fitting = visibleOfferings(snapshots.current, principal).filter(
      ({ provider, capabilities }) =>
        (request.provider === '' || provider.id === request.provider) &&
        missingCapabilities(needed, capabilities) === 0,
    );
    const { page: offerings, nextPageToken } = pageOf(fitting, page, sortKey);
    return { models: offerings.map(describeModel), nextPageToken };
  },
});

/** The offerings that a caller may use, in the order of provider and model id. */
export function visibleOfferings(
  { offerings }: Snapshot,
  { tenant, installation, role }: Principal,
): Offering[] {
  const seesAll = installation && role === 'service';
  const seen = seesAll ? offerings : offeringsSeenBy(tenant, offerings);
  return seen
    .filter(({ provider }) => provider.mode !== ProviderMode.DISABLED)
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const sortKey = ({ provider, model }: Offering): string => `${provider.id} ${model} ${provider.tenant}`;

function describeModel({
  provider,
  model,
  capabilities,
  contextTokens,
  maxOutputTokens,
  prices,
  residency,
  tags,
  canonicalModel,
  tiers,
}: Offering): Model {
  const known: Record<string, bigint> = {};
  const { input, output, cacheRead, cacheWrite, reasoning } = prices ?? {};
  for (const [kind, price] of Object.entries({
    input,
    output,
    cache_read: cacheRead,
    cache_write: cacheWrite,
    reasoning,
  })) {
    if (price !== undefined) known[kind] = price;
  }
  return {
    provider: provider.id,
    tenant: provider.tenant,
    model,
    capabilities: capabilityNames(capabilities),
    contextTokens,
    maxOutputTokens,
    pricesPerMillionNanoUsd: known,
    region: provider.region,
    simulated: provider.simulated,
    residency: [...residency],
    tags: [...tags],
    canonicalModel: canonicalModel ?? '',
    chargedOtherwise: (prices?.request ?? 0n) > 0n || tiers.length > 0,
  };
}
