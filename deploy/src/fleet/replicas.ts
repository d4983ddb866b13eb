import { freePorts } from '../settings/free-port-plan.ts';
import { httpPortOf, type PortPlan } from '../settings/port-plan.ts';
import type { Replica } from './process-specs.ts';
import type { ServiceName } from './service-table.ts';

const MAX_REPLICAS = 8;

/** Replicas of services of which more than one may run. */
export interface ReplicaCounts {
  readonly routingReplicas: number;
  readonly healthProbeReplicas: number;
}

/** One replica of each service; of some as many as asked for, the further ones on ports that are free now. */
export async function planReplicas(
  services: readonly ServiceName[],
  { ports, ...counts }: ReplicaCounts & { readonly ports: PortPlan },
): Promise<Replica[]> {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1 || count > MAX_REPLICAS)
      throw new RangeError(`${name} must be 1 to ${MAX_REPLICAS}, not ${count}`);
  }
  const replicas: Replica[] = [];
  for (const service of services) {
    const httpPort = httpPortOf(service, ports);
    replicas.push({ service, name: service, ports: ports.services[service], httpPort });
    for (let number = 2; number <= countOf(service, counts); number++) {
      const [grpc, ops, http] = (await freePorts(3)) as [number, number, number];
      const further = httpPort === undefined ? undefined : http;
      replicas.push({ service, name: `${service}-${number}`, ports: { grpc, ops }, httpPort: further });
    }
  }
  return replicas;
}

function countOf(service: ServiceName, { routingReplicas, healthProbeReplicas }: ReplicaCounts): number {
  if (service === 'routing') return routingReplicas;
  return service === 'health-probe' ? healthProbeReplicas : 1;
}
