import type { CallContext } from '@switchyard/service-kit';
import type { CredentialContext } from '../ports.ts';
import { type Attempt, auditRefusals } from './audit-refusals.ts';
import { namedOwner, ownerOfCaller } from './caller-owner.ts';

/** What secrets of the installation are called in errors. */
export const INSTALLATION_SECRETS = 'secrets of the installation';

/** The owner of the secret that a call names. A refusal concerns the caller, not the tenant that it named. */
export function secretOwner(
  context: CredentialContext,
  call: CallContext,
  { tenant, ...attempt }: Omit<Attempt, 'owner'> & { readonly tenant: string },
): Promise<string> {
  const { principal } = call;
  return auditRefusals(context, call, {
    attempt: { ...attempt, owner: ownerOfCaller(principal) },
    run: () => namedOwner(principal, { tenant, what: INSTALLATION_SECRETS }),
  });
}
