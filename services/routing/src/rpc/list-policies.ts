import type { ListPoliciesRequest, ListPoliciesResponse } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/** PolicyAdminService.ListPolicies */
export const listPolicies = (
  snapshots: SnapshotHolder,
): Rpc<UnaryHandler<ListPoliciesRequest, ListPoliciesResponse>> => ({
  permission: 'routing.policy.read',
  handle: async (request, { principal }) => {
    const acting = actingTenant(principal, request.tenant);
    const policies = snapshots.parts.policies
      .filter(({ tenant }) => tenant === '' || tenant === acting)
      .toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
    return { policies };
  },
});
