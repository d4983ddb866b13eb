import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@switchyard/deploy/free-ports';

/** A user with a folder of their own for data and ports that are free. */
export interface User extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
}

const PORT_VARIABLES = [
  ...['ROUTING', 'HEALTH_PROBE', 'COST_ACCOUNTING', 'CREDENTIAL', 'CONNECTOR'].flatMap((prefix) => [
    `${prefix}_GRPC_PORT`,
    `${prefix}_OPS_PORT`,
  ]),
  'ROUTING_HTTP_PORT',
  'HEALTH_PROBE_HTTP_PORT',
  'SIMULATOR_PORT',
  'SWITCHYARD_NATS_PORT',
  'SWITCHYARD_POSTGRES_PORT',
  'SWITCHYARD_REDIS_PORT',
];

/** Programs and home of whoever runs the test; no keys, and no model server of this machine. */
export async function createUser(): Promise<User> {
  const stateDir = await mkdtemp(join(tmpdir(), 'switchyard-start-'));
  const ports = await freePorts(PORT_VARIABLES.length);
  const moved = PORT_VARIABLES.map((variable, at) => [variable, String(ports[at])]);
  const { PATH = '', HOME = '' } = process.env;
  return {
    stateDir,
    env: {
      PATH,
      HOME,
      SWITCHYARD_STATE_DIR: stateDir,
      LLM_PROVIDER: 'simulator',
      ...Object.fromEntries(moved),
    },
    [Symbol.asyncDispose]: () => rm(stateDir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The variables of `dev.env`, as a shell that sources it has them. */
export async function readDevEnv({ stateDir }: User): Promise<Record<string, string>> {
  const text = await readFile(join(stateDir, 'dev.env'), 'utf8');
  const lines = Array.from(text.matchAll(/^export (\w+)='(.*)'$/gm), ([, name, value]) => [name, value]);
  return Object.fromEntries(lines);
}
