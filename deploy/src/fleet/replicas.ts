import { freePorts } from '../settings/free-port-plan.ts';
import type { PortPlan } from '../settings/port-plan.ts';
import type { Replica } from './process-specs.ts';
import type { ServiceName } from './service-table.ts';

const MAX_ROUTING_REPLICAS = 8;

/** One replica of each service; of routing as many as asked for, the further ones on ports that are free now. */
export async function planReplicas(
  services: readonly ServiceName[],
  { ports, routingReplicas }: { ports: PortPlan; routingReplicas: number },
): Promise<Replica[]> {
  if (!Number.isInteger(routingReplicas) || routingReplicas < 1 || routingReplicas > MAX_ROUTING_REPLICAS) {
    throw new RangeError(`routingReplicas must be 1 to ${MAX_ROUTING_REPLICAS}, not ${routingReplicas}`);
  }
  const replicas: Replica[] = [];
  for (const service of services) {
    const httpPort = service === 'routing' ? ports.http : undefined;
    replicas.push({ service, name: service, ports: ports.services[service], httpPort });
    if (service !== 'routing') continue;
    for (let number = 2; number <= routingReplicas; number++) {
      const [grpc, ops, http] = (await freePorts(3)) as [number, number, number];
      replicas.push({ service, name: `routing-${number}`, ports: { grpc, ops }, httpPort: http });
    }
  }
  return replicas;
}
