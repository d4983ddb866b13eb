import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Env } from '@switchyard/service-kit';
import type { ProcessSpec } from '../process/managed-process.ts';
import type { ServicePorts } from '../settings/port-plan.ts';
import { writePrivateFile } from '../settings/private-file.ts';
import { REPOSITORY } from '../settings/repository.ts';
import type { FleetOptions } from './fleet-options.ts';
import { type Installation, inheritedBy, plainVariables, secretFiles } from './service-environment.ts';
import { SERVICE_PREFIXES, type ServiceName, serviceFolder } from './service-table.ts';

/** Longer than a service's own grace for calls under way (`…_DRAIN_GRACE_MS`, 25 s) and the hand-over of its usage. */
const STOP_TIMEOUT_MS = 60_000;
/** Longer than the simulator's grace for answers under way. */
const SIMULATOR_STOP_TIMEOUT_MS = 15_000;

/** Code that was compiled once is not compiled again at the next start: https://nodejs.org/api/module.html#module-compile-cache */
const NODE_ENV = { NODE_COMPILE_CACHE: join(REPOSITORY, '.switchyard', 'cache', 'compile') };

const logFileOf = (stateDir: string, name: string): string => join(stateDir, 'logs', `${name}.log`);

type SpecOptions = Pick<FleetOptions, 'env' | 'processEnv' | 'otlpEndpoint' | 'logLevel'>;

/** One replica of a service. */
export interface Replica {
  readonly service: ServiceName;
  /** `routing-2`. */
  readonly name: string;
  readonly ports: ServicePorts;
  /** Of its HTTP; undefined where it has none. */
  readonly httpPort: number | undefined;
}

/** How a replica of a service is started. Writes its secrets into files. */
export async function serviceSpec(
  replica: Replica,
  installation: Installation,
  options: SpecOptions,
): Promise<ProcessSpec> {
  const { service, name, ports, httpPort } = replica;
  const { stateDir } = installation;
  const prefix = SERVICE_PREFIXES[service];
  const env = {
    ...inheritedBy(options.env ?? {}, prefix),
    ...NODE_ENV,
    ...(await secretFiles(service, installation)),
    ...plainVariables(service, installation),
    [`${prefix}_GRPC_PORT`]: String(ports.grpc),
    [`${prefix}_OPS_PORT`]: String(ports.ops),
    ...(httpPort === undefined ? {} : { [`${prefix}_HTTP_PORT`]: String(httpPort) }),
    ...(service === 'routing' ? await routingVariables(name, stateDir) : {}),
    ...sharedVariables(options),
    ...options.processEnv?.[service],
  };
  return {
    name,
    entry: fileURLToPath(new URL('src/main.ts', serviceFolder(service))),
    env,
    logFile: logFileOf(stateDir, name),
    grpcAddress: `127.0.0.1:${ports.grpc}`,
    httpUrl: httpPort === undefined ? undefined : `http://127.0.0.1:${httpPort}`,
    opsUrl: `http://127.0.0.1:${ports.ops}`,
    readyUrl: `http://127.0.0.1:${ports.ops}/readyz`,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  };
}

async function routingVariables(name: string, stateDir: string): Promise<Record<string, string>> {
  const folder = join(stateDir, 'data', name);
  await mkdir(folder, { recursive: true });
  return { ROUTING_STATE_DIR: folder };
}

function sharedVariables({ otlpEndpoint, logLevel }: SpecOptions): Record<string, string> {
  return {
    ...(otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }),
    ...(logLevel === undefined ? {} : { SWITCHYARD_LOG_LEVEL: logLevel }),
  };
}

/** How the provider simulator is started. */
export async function simulatorSpec(
  { stateDir, port }: { stateDir: string; port: number },
  { env = {}, processEnv, simulator }: Pick<FleetOptions, 'env' | 'processEnv' | 'simulator'>,
): Promise<ProcessSpec> {
  const url = `http://127.0.0.1:${port}`;
  const config: Record<string, string> =
    simulator === undefined ? {} : { SIMULATOR_CONFIG: await writeConfig(stateDir, simulator) };
  return {
    name: 'simulator',
    entry: join(REPOSITORY, 'libs/testkit/src/simulator/main.ts'),
    env: {
      ...inheritedBy(env, 'SIMULATOR'),
      ...NODE_ENV,
      ...config,
      SIMULATOR_HOST: '127.0.0.1',
      SIMULATOR_PORT: String(port),
      ...processEnv?.simulator,
    },
    logFile: logFileOf(stateDir, 'simulator'),
    grpcAddress: undefined,
    httpUrl: url,
    opsUrl: undefined,
    readyUrl: `${url}/`,
    stopTimeoutMs: SIMULATOR_STOP_TIMEOUT_MS,
  };
}

/** It may hold keys that the simulated providers take. */
async function writeConfig(
  stateDir: string,
  simulator: NonNullable<FleetOptions['simulator']>,
): Promise<string> {
  const file = join(stateDir, 'simulator.json');
  await writePrivateFile(file, JSON.stringify(simulator));
  return file;
}

/** The user's own `ROUTING_PLAINTEXT_HOSTS`. */
export const namedPlaintextHosts = (env: Env): string[] =>
  (env.ROUTING_PLAINTEXT_HOSTS ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
