import type { Principal } from '@switchyard/service-kit';
import { actingTenant } from '@switchyard/service-kit';

/** Whose budgets are meant: '' of a key of the installation are the installation's. @throws NOT_FOUND where it is another tenant's */
export const budgetTenant = (principal: Principal, named: string): string =>
  named === '' && principal.installation ? '' : actingTenant(principal, named);
