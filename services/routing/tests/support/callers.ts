import { BUILT_IN_ROLES } from '@switchyard/contracts';
import type { Authenticate, Principal } from '@switchyard/service-kit';

/** A caller by its key: `<role>@<tenant>`, with `!` behind it for one of the installation. */
export const authenticateByName: Authenticate = (authorization): Principal => {
  const keyId = (authorization ?? '').replace(/^Bearer /, '');
  const [role = '', named = ''] = keyId.split('@');
  const installation = named.endsWith('!');
  const tenant = installation ? named.slice(0, -1) : named;
  const permissions = BUILT_IN_ROLES[role as keyof typeof BUILT_IN_ROLES] ?? [];
  return { keyId, tenant, role, installation, permissions: new Set(permissions) };
};
