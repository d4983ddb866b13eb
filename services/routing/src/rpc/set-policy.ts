import type { SetPolicyRequest, SetPolicyResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresPolicies } from '../adapters/postgres-policies.ts';
import { validatePolicy } from '../domain/policy/validate-policy.ts';
import { invalidFields, tenantNotFound } from '../errors.ts';
import { writableTenant } from './writable-tenant.ts';

/** What policy administration stands on. */
export interface PolicyAdmin {
  readonly policies: PostgresPolicies;
  readonly link: ConfigurationLink;
}

/** PolicyAdminService.SetPolicy */
export const setPolicy = ({
  policies,
  link,
}: PolicyAdmin): Rpc<UnaryHandler<SetPolicyRequest, SetPolicyResponse>> => ({
  permission: 'routing.policy.write',
  handle: async ({ policy }, { principal }) => {
    if (policy === undefined) throw invalidArgument({ field: 'policy', description: 'is required' });
    writableTenant(principal, { what: 'policy', tenant: policy.tenant, notFound: tenantNotFound() });
    const violations = validatePolicy(policy);
    if (violations.length > 0) throw invalidFields(violations);
    const stored = await policies.set(policy, principal.keyId);
    await link.changed();
    return { policy: stored };
  },
});
