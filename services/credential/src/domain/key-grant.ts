import { BUILT_IN_ROLES, type BuiltInRole } from '@switchyard/contracts';

/** Roles that an RPC can give. `service` is not among them: keys of services come with the configuration. */
export const GRANTABLE_ROLES = ['admin', 'agent', 'viewer'] as const satisfies readonly BuiltInRole[];

/** What a key is to be able to do. */
export interface WantedGrant {
  readonly role: BuiltInRole;
  readonly installation: boolean;
}

/** What its creator can do. */
export interface Creator {
  readonly installation: boolean;
  readonly permissions: ReadonlySet<string>;
}

/** Whether a grant is given, or why not. */
export type GrantVerdict =
  | { readonly kind: 'granted' }
  | { readonly kind: 'role_not_grantable' }
  | { readonly kind: 'installation_needed' }
  | { readonly kind: 'exceeds_creator'; readonly permission: string };

/** A child never exceeds its creator: neither in reach nor in any permission. */
export function judgeGrant(creator: Creator, wanted: WantedGrant): GrantVerdict {
  if (!GRANTABLE_ROLES.some((role) => role === wanted.role)) return { kind: 'role_not_grantable' };
  if (wanted.installation && !creator.installation) return { kind: 'installation_needed' };
  const permission = BUILT_IN_ROLES[wanted.role].find((needed) => !creator.permissions.has(needed));
  return permission === undefined ? { kind: 'granted' } : { kind: 'exceeds_creator', permission };
}
