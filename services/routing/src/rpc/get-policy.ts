import { type GetPolicyRequest, type GetPolicyResponse, Policy } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/** PolicyAdminService.GetPolicy */
export const getPolicy = (
  snapshots: SnapshotHolder,
): Rpc<UnaryHandler<GetPolicyRequest, GetPolicyResponse>> => ({
  permission: 'routing.policy.read',
  handle: async ({ tenant }, { principal }) => {
    const owner = tenant === '' && principal.installation ? '' : actingTenant(principal, tenant);
    const policy = snapshots.parts.policies.find((one) => one.tenant === owner);
    return { policy: policy ?? Policy.create({ tenant: owner }) };
  },
});
