import { invalidArgument, unreachable } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import { GRANTABLE_ROLES, judgeGrant, type WantedGrant } from '../domain/key-grant.ts';
import { grantExceedsCreator, installationKeyNeeded } from '../errors.ts';

/** @throws where a caller may not make a key like this */
export function requireGrant(principal: Principal, wanted: WantedGrant): void {
  const verdict = judgeGrant(principal, wanted);
  switch (verdict.kind) {
    case 'granted':
      return;
    case 'role_not_grantable':
      throw invalidArgument({ field: 'role', description: `must be one of ${GRANTABLE_ROLES.join(', ')}` });
    case 'installation_needed':
      throw installationKeyNeeded('keys of the installation');
    case 'exceeds_creator':
      throw grantExceedsCreator(verdict.permission);
    default:
      unreachable(verdict);
  }
}
