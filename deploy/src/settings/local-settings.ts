import { resolve } from 'node:path';
import { type Env, EnvReader } from '@switchyard/service-kit';
import { SERVICE_PREFIXES, type ServiceName } from '../fleet/service-table.ts';
import {
  DEFAULT_PORTS,
  type GivenServers,
  type PortPlan,
  plannedPorts,
  portConflicts,
  type ServicePorts,
} from './port-plan.ts';
import { REPOSITORY } from './repository.ts';

/** What the local start is told by the environment. */
export interface LocalSettings {
  /** `SWITCHYARD_STATE_DIR`, default `.switchyard` in the repository: data, logs, keys. */
  readonly stateDir: string;
  readonly ports: PortPlan;
  /** `NATS_URL`, `DATABASE_URL` (of an owner who may create roles and schemas), `REDIS_URL`: servers that run already. */
  readonly given: GivenServers;
}

/** Folder that keeps everything between two starts. */
export function readStateDir(env: Env): string {
  return resolve(REPOSITORY, env.SWITCHYARD_STATE_DIR || '.switchyard');
}

/**
 * Reads the environment.
 *
 * @param own URLs of the servers that the last start had started itself: a shell that has sourced `dev.env` names them
 *   too, and means no others
 * @throws ConfigError with everything that is wrong
 */
export function readLocalSettings(env: Env, own: GivenServers = {}): LocalSettings {
  const reader = new EnvReader(env);
  const given = withoutOwn(readGiven(reader), own);
  const ports = readPorts(reader);
  for (const conflict of portConflicts(plannedPorts(ports, given))) reader.problem(conflict);
  reader.finish();
  return { stateDir: readStateDir(env), ports, given };
}

function withoutOwn(given: GivenServers, own: GivenServers): GivenServers {
  const kinds = Object.keys(given) as (keyof GivenServers)[];
  const others = kinds.filter((kind) => given[kind] !== own[kind]);
  return Object.fromEntries(others.map((kind) => [kind, given[kind]]));
}

function readPorts(reader: EnvReader): PortPlan {
  const port = (name: string, fallback: number) => reader.integer(name, { fallback, min: 1, max: 65_535 });
  const service = (name: ServiceName): ServicePorts => {
    const grpc = port(`${SERVICE_PREFIXES[name]}_GRPC_PORT`, DEFAULT_PORTS.services[name].grpc);
    // As the services themselves do it.
    return { grpc, ops: port(`${SERVICE_PREFIXES[name]}_OPS_PORT`, Math.min(grpc + 1_000, 65_535)) };
  };
  return {
    services: {
      routing: service('routing'),
      'health-probe': service('health-probe'),
      'cost-accounting': service('cost-accounting'),
      credential: service('credential'),
      connector: service('connector'),
    },
    http: port('ROUTING_HTTP_PORT', DEFAULT_PORTS.http),
    healthHttp: port('HEALTH_PROBE_HTTP_PORT', DEFAULT_PORTS.healthHttp),
    simulator: port('SIMULATOR_PORT', DEFAULT_PORTS.simulator),
    nats: port('SWITCHYARD_NATS_PORT', DEFAULT_PORTS.nats),
    postgres: port('SWITCHYARD_POSTGRES_PORT', DEFAULT_PORTS.postgres),
    redis: port('SWITCHYARD_REDIS_PORT', DEFAULT_PORTS.redis),
  };
}

function readGiven(reader: EnvReader): GivenServers {
  const url = (name: string, schemes: readonly string[]) =>
    reader.optional(name) === undefined ? undefined : reader.url(name, schemes);
  const nats = url('NATS_URL', ['nats', 'tls']);
  const postgres = url('DATABASE_URL', ['postgres', 'postgresql']);
  const redis = url('REDIS_URL', ['redis', 'rediss']);
  return {
    ...(nats === undefined ? {} : { nats }),
    ...(postgres === undefined ? {} : { postgres }),
    ...(redis === undefined ? {} : { redis }),
  };
}
