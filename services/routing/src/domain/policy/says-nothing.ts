import { Policy, Requirements } from '@switchyard/contracts/routing';

/** Whether a policy is as good as none. */
export function saysNothing({ requirements, ...policy }: Policy): boolean {
  const others = Policy.encode({
    ...policy,
    tenant: '',
    etag: '',
    updatedAt: undefined,
    requirements: undefined,
  }).finish();
  const isEmpty = requirements === undefined || Requirements.encode(requirements).finish().length === 0;
  return isEmpty && others.length === 0;
}
