import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Where the installation is and who calls. */
export interface CliSettings {
  readonly apiKey: string;
  /** Addresses of the services' gRPC, `host:port`. */
  readonly routing: string;
  readonly healthProbe: string;
  readonly costAccounting: string;
  readonly credential: string;
  readonly natsUrl: string;
  readonly subjectPrefix: string;
}

/** What the local start has written. */
const DEV_ENV = '.switchyard/dev.env';

/**
 * Reads the settings from the environment; what is missing there, from `.switchyard/dev.env` of the local start.
 *
 * @throws Error that says what to set
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): CliSettings {
  const local = existsSync(DEV_ENV) ? parseEnv(readFileSync(DEV_ENV, 'utf8')) : {};
  const read = (name: string, fallback: string) => env[name] ?? local[name] ?? fallback;
  const apiKey = read('SWITCHYARD_API_KEY', '');
  if (apiKey === '') {
    throw new Error(
      `SWITCHYARD_API_KEY is not set; run "npm start" (it writes ${DEV_ENV}), or set it to a key of your installation`,
    );
  }
  return {
    apiKey,
    routing: env.SWITCHYARD_GRPC_ADDRESS ?? read('SWITCHYARD_ROUTING_ADDRESS', '127.0.0.1:7001'),
    healthProbe: read('SWITCHYARD_HEALTH_PROBE_ADDRESS', '127.0.0.1:7002'),
    costAccounting: read('SWITCHYARD_COST_ACCOUNTING_ADDRESS', '127.0.0.1:7003'),
    credential: read('SWITCHYARD_CREDENTIAL_ADDRESS', '127.0.0.1:7004'),
    natsUrl: read('NATS_URL', 'nats://127.0.0.1:4222'),
    subjectPrefix: read('SWITCHYARD_SUBJECT_PREFIX', 'switchyard'),
  };
}
