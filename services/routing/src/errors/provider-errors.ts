import type { Pool } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';

/** No such provider for this caller. */
export const providerNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PROVIDER_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no provider ${id}; ListProviders ("switchyard providers") tells which there are`,
    metadata: { provider: id },
  });

/** The id is taken. */
export const providerExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PROVIDER_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is a provider ${id} already; update it, or take another id`,
    metadata: { provider: id },
  });

const nameOf = ({ id, tenant }: Pool): string => (tenant === '' ? id : `${id} (tenant ${tenant})`);

/** Pools name models of it, and would be left without them. */
export function modelsInUse(
  id: string,
  missing: readonly { readonly pool: Pool; readonly model: string }[],
): ServiceError {
  const uses = missing.map(({ pool, model }) => `${model} (pool ${nameOf(pool)})`);
  return new ServiceError({
    reason: 'PROVIDER_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `provider ${id} would no longer offer what pools name: ${uses.slice(0, 20).join(', ')}${uses.length > 20 ? ', …' : ''}; take it out of them first`,
    metadata: {
      provider: id,
      pools: [...new Set(missing.map(({ pool }) => nameOf(pool)))].slice(0, 100).join(', '),
    },
  });
}

/** Pools name it, and would be left without it. */
export function providerInUse(id: string, pools: readonly Pool[]): ServiceError {
  const names = pools.map(nameOf);
  return new ServiceError({
    reason: 'PROVIDER_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `provider ${id} is a member of ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}; take it out of there first, or disable it`,
    metadata: { provider: id, pools: names.slice(0, 100).join(', ') },
  });
}
