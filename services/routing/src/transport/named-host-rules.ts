import { forbiddenLiteral, isNamed, type NamedHosts } from '@switchyard/service-kit';
import type { HostRules } from '../domain/provider/base-url.ts';

/** The rules of service-kit, with the hosts that the operator named. */
export function namedHostRules(named: NamedHosts): HostRules {
  return {
    isNamed: (target) => isNamed(target, named),
    forbidsLiteral: (target, reach) => forbiddenLiteral(target, reach) !== undefined,
  };
}
