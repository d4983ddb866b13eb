import { ServiceError } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import { providerNotFound } from '../errors.ts';

/** The tenant of a provider that is to be changed. @throws where the caller may not change it */
export function writableTenant({ tenant, installation }: Principal, named: string, id: string): string {
  if (named === tenant || installation) return named;
  if (named === '') {
    throw new ServiceError({
      reason: 'INSTALLATION_KEY_NEEDED',
      code: 'PERMISSION_DENIED',
      publicMessage: `a provider of the installation needs a key of the installation; set tenant to ${tenant} for one of your own`,
    });
  }
  throw providerNotFound(id);
}
