import { isPortFree } from '@switchyard/testkit/processes';
import { SERVICE_NAMES, SERVICE_PREFIXES, type ServiceName } from '../fleet/service-table.ts';

/** Ports of one service. */
export interface ServicePorts {
  readonly grpc: number;
  /** Of `/metrics`, `/livez`, `/readyz`. */
  readonly ops: number;
}

/** Every port of one installation, all on 127.0.0.1. */
export interface PortPlan {
  readonly services: Readonly<Record<ServiceName, ServicePorts>>;
  /** Routing's HTTP. */
  readonly http: number;
  /** Health-probe's HTTP. */
  readonly healthHttp: number;
  readonly simulator: number;
  readonly nats: number;
  readonly postgres: number;
  readonly redis: number;
}

/** Where everything is unless a variable says otherwise. */
export const DEFAULT_PORTS: PortPlan = {
  services: {
    routing: { grpc: 7001, ops: 8001 },
    'health-probe': { grpc: 7002, ops: 8002 },
    'cost-accounting': { grpc: 7003, ops: 8003 },
    credential: { grpc: 7004, ops: 8004 },
    connector: { grpc: 7005, ops: 8005 },
  },
  http: 7080,
  healthHttp: 7082,
  simulator: 7070,
  nats: 4222,
  postgres: 5432,
  redis: 6379,
};

/** The HTTP port of a service; undefined where it has none. */
export function httpPortOf(service: ServiceName, { http, healthHttp }: PortPlan): number | undefined {
  if (service === 'routing') return http;
  return service === 'health-probe' ? healthHttp : undefined;
}

/** One port, with whom it is for and the variable that moves it. */
export interface PlannedPort {
  readonly port: number;
  readonly owner: string;
  readonly variable: string;
}

/** Servers that run already, so that their ports are not ours. */
export type GivenServers = Readonly<Partial<Record<'nats' | 'postgres' | 'redis', string>>>;

/** Every port that this start will listen on. */
export function plannedPorts(plan: PortPlan, given: GivenServers): PlannedPort[] {
  const services = SERVICE_NAMES.flatMap((name) => {
    const prefix = SERVICE_PREFIXES[name];
    const { grpc, ops } = plan.services[name];
    return [
      { port: grpc, owner: name, variable: `${prefix}_GRPC_PORT` },
      { port: ops, owner: `${name} (operations)`, variable: `${prefix}_OPS_PORT` },
    ];
  });
  const servers = [
    { kind: 'nats', port: plan.nats, owner: 'NATS', variable: 'SWITCHYARD_NATS_PORT' },
    { kind: 'postgres', port: plan.postgres, owner: 'PostgreSQL', variable: 'SWITCHYARD_POSTGRES_PORT' },
    { kind: 'redis', port: plan.redis, owner: 'Redis', variable: 'SWITCHYARD_REDIS_PORT' },
  ] as const;
  return [
    ...services,
    { port: plan.http, owner: 'routing (HTTP)', variable: 'ROUTING_HTTP_PORT' },
    { port: plan.healthHttp, owner: 'health-probe (HTTP)', variable: 'HEALTH_PROBE_HTTP_PORT' },
    { port: plan.simulator, owner: 'the provider simulator', variable: 'SIMULATOR_PORT' },
    ...servers.filter(({ kind }) => given[kind] === undefined).map(({ kind: _, ...planned }) => planned),
  ];
}

/** Sentences about ports that two things want; empty where all differ. */
export function portConflicts(ports: readonly PlannedPort[]): string[] {
  const byPort = Map.groupBy(ports, ({ port }) => port);
  return [...byPort]
    .filter(([, owners]) => owners.length > 1)
    .map(
      ([port, owners]) =>
        `port ${port} is asked for by ${owners.map(({ variable }) => variable).join(' and ')}: give each its own`,
    );
}

/** Variables by which a server of the user's is used in place of one on a port that is taken. */
const GIVEN_VARIABLES: Readonly<Record<string, string>> = {
  SWITCHYARD_NATS_PORT: 'NATS_URL',
  SWITCHYARD_POSTGRES_PORT: 'DATABASE_URL',
  SWITCHYARD_REDIS_PORT: 'REDIS_URL',
};

/** Sentences about ports that somebody else listens on; empty where all are free. */
export async function portsInUse(ports: readonly PlannedPort[]): Promise<string[]> {
  const taken = await Promise.all(
    ports.map(async (planned) => ((await isPortFree(planned.port)) ? [] : [planned])),
  );
  return taken.flat().map(({ port, owner, variable }) => {
    const given = GIVEN_VARIABLES[variable];
    const instead = given === undefined ? '' : `, or set ${given} to use the server that listens there`;
    return `port ${port}, wanted for ${owner}, is in use: stop what listens there, or set ${variable} to another port${instead}`;
  });
}
