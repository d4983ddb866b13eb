import { actingTenant, type Principal } from '@switchyard/service-kit';

/** Whose rules, receivers and alerts a call is about: '' for the installation. @throws NOT_FOUND where they are another tenant's */
export function ownerOfAlerts(principal: Principal, tenant: string): string {
  if (tenant === '' && principal.installation) return '';
  return actingTenant(principal, tenant);
}
