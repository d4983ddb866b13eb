import type { Provider } from '@switchyard/contracts/routing';
import { checkLimits } from '../limits/check-limits.ts';
import type { Check } from '../request/validate-requirements.ts';
import { baseUrlProblem, type HostRules } from './base-url.ts';
import { checkReach } from './check-reach.ts';

/** Endpoints of a provider: as many as have statistics, breakers and metrics of their own. */
const MAX_ENDPOINTS = 16;

/** Checks a provider's endpoints: each is bound by the rules that the provider is. */
export function validateEndpoints(provider: Provider, hosts: HostRules, check: Check): void {
  const { endpoints, tenant } = provider;
  check(endpoints.length <= MAX_ENDPOINTS, 'endpoints', `must be at most ${MAX_ENDPOINTS}`);
  const ids = new Set<string>();
  endpoints.slice(0, MAX_ENDPOINTS).forEach((endpoint, i) => {
    const { id, baseUrl } = endpoint;
    const checkHere: Check = (holds, field, description) =>
      check(holds, `endpoints[${i}].${field}`, description);
    checkHere(/^[a-z0-9-]{1,64}$/.test(id), 'id', 'must have 1 to 64 characters of a-z 0-9 -');
    checkHere(!ids.has(id), 'id', 'is given twice');
    ids.add(id);
    checkReach(endpoint, checkHere);
    checkLimits(endpoint.limits, checkHere);
    const problem = baseUrl === '' ? undefined : baseUrlProblem({ tenant, baseUrl }, hosts);
    checkHere(problem === undefined, 'base_url', problem ?? '');
  });
}
