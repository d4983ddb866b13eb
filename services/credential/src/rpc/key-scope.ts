import type { Principal, Transaction } from '@switchyard/service-kit';
import type { CredentialContext } from '../ports.ts';

/**
 * Runs a transaction that sees the keys that a caller may see: a tenant's own ones, never those of the installation that
 * act for the same tenant; for a caller of the installation all of them.
 */
export function inKeyScope<T>(
  { postgres }: CredentialContext,
  principal: Principal,
  { tenant, run }: { tenant: string; run: (transaction: Transaction) => Promise<T> },
): Promise<T> {
  return principal.installation ? postgres.asSystem(run) : postgres.asTenant(tenant, run);
}
