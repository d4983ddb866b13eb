import type { ProcessSpec } from '../process/managed-process.ts';
import { plaintextHosts } from '../providers/plaintext-hosts.ts';
import { readRegistration } from '../providers/registration-file.ts';
import { simulatedProviders, simulatorFromCatalog } from '../providers/simulated.ts';
import type { FleetOptions } from './fleet-options.ts';
import type { Preparation } from './prepare-fleet.ts';
import { namedPlaintextHosts, serviceSpec, simulatorSpec } from './process-specs.ts';
import { planReplicas } from './replicas.ts';
import type { Installation } from './service-environment.ts';
import { SERVICE_NAMES } from './service-table.ts';
import type { Servers } from './start-servers.ts';

/** How every process is to be started: the services' and the simulator's. Writes secrets into files. */
export async function planProcesses(
  prepared: Preparation,
  { servers, options }: { servers: Servers; options: FleetOptions },
): Promise<ProcessSpec[]> {
  const { stateDir, ports, identity, catalog, found } = prepared;
  const { services = SERVICE_NAMES, routingReplicas = 1, healthProbeReplicas = 1, env = {} } = options;
  const replicas = await planReplicas(services, { ports, routingReplicas, healthProbeReplicas });
  const simulatorUrl = `http://127.0.0.1:${ports.simulator}`;
  const installation: Installation = {
    stateDir,
    identity,
    ports,
    urls: { nats: servers.nats.url, postgres: servers.postgres.url, redis: servers.redis.url },
    routingPorts: replicas
      .filter(({ service }) => service === 'routing')
      .map((replica) => replica.ports.grpc),
    plaintextHosts: plaintextHosts({
      providers: [...found.providers, ...simulatedProviders(catalog, simulatorUrl)],
      registered: (await readRegistration(stateDir)).providers,
      named: namedPlaintextHosts(env),
    }),
  };
  const simulator = { ...simulatorFromCatalog(catalog), ...options.simulator };
  return [
    await simulatorSpec({ stateDir, port: ports.simulator }, { ...options, simulator }),
    ...(await Promise.all(replicas.map((replica) => serviceSpec(replica, installation, options)))),
  ];
}
