import type { ServerUrls } from '../fleet/service-environment.ts';
import { SERVICE_NAMES, SERVICE_PREFIXES } from '../fleet/service-table.ts';
import type { PortPlan } from '../settings/port-plan.ts';

/** What the environment of a developer is made of. */
export interface DevEnvInput {
  readonly apiKey: string;
  readonly ports: PortPlan;
  readonly urls: ServerUrls;
}

/** Variables for programs that use the installation. */
export function devEnv({ apiKey, ports, urls }: DevEnvInput): Record<string, string> {
  const addresses = SERVICE_NAMES.map((name) => [
    `SWITCHYARD_${SERVICE_PREFIXES[name]}_ADDRESS`,
    `127.0.0.1:${ports.services[name].grpc}`,
  ]);
  return {
    SWITCHYARD_API_KEY: apiKey,
    SWITCHYARD_HTTP_URL: `http://127.0.0.1:${ports.http}`,
    SWITCHYARD_HEALTH_HTTP_URL: `http://127.0.0.1:${ports.healthHttp}`,
    SWITCHYARD_GRPC_ADDRESS: `127.0.0.1:${ports.services.routing.grpc}`,
    SWITCHYARD_SIMULATOR_URL: `http://127.0.0.1:${ports.simulator}`,
    DATABASE_URL: urls.postgres,
    NATS_URL: urls.nats,
    REDIS_URL: urls.redis,
    ...Object.fromEntries(addresses),
  };
}

/** As a file for `source`: exported, and quoted so that a shell takes each value as it is. */
export function renderDevEnv(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return `# Where this Switchyard is, and a key for it. Written by npm start; for your shell: source .switchyard/dev.env\n${lines.join('\n')}\n`;
}
