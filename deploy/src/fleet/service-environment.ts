import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '@switchyard/service-kit';
import { bootstrapKeys } from '../identity/bootstrap-keys.ts';
import type { Identity } from '../identity/identity.ts';
import type { PortPlan } from '../settings/port-plan.ts';
import { writePrivateFile } from '../settings/private-file.ts';
import { DATABASE_ROLES, SERVICE_NAMES, SERVICE_PREFIXES, type ServiceName } from './service-table.ts';

/** What all services of one installation are told. */
export interface Installation {
  readonly stateDir: string;
  readonly identity: Identity;
  readonly ports: PortPlan;
  readonly urls: ServerUrls;
  /** gRPC ports of all routing replicas, the first one's first. */
  readonly routingPorts: readonly number[];
  /** Hosts (`host:port`) that routing may reach without TLS. */
  readonly plaintextHosts: readonly string[];
}

/** Where the servers are, with what it takes to log in. */
export interface ServerUrls {
  readonly nats: string;
  /** As the owner, who may create roles and schemas. */
  readonly postgres: string;
  readonly redis: string;
}

/** Variables of the user's that any program may need: nothing that could be a key of a provider. */
const INHERITED =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|OTEL_.*|SWITCHYARD_(LOG_LEVEL|SUBJECT_PREFIX|NATS_REPLICAS))$/i;

/** The part of the user's environment that a process with this prefix gets. */
export function inheritedBy(env: Env, prefix: string): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && (INHERITED.test(name) || name.startsWith(`${prefix}_`)),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

/** `host:port` of each service's gRPC, by the variable that names it. */
export function serviceAddresses({ ports, routingPorts }: Pick<Installation, 'ports' | 'routingPorts'>) {
  const addresses = SERVICE_NAMES.map((name) => [
    `SWITCHYARD_${SERVICE_PREFIXES[name]}_ADDRESS`,
    `127.0.0.1:${ports.services[name].grpc}`,
  ]);
  const named = Object.fromEntries(addresses) as Record<string, string>;
  if (routingPorts.length < 2) return named;
  // The spelling of gRPC for one name with several addresses, over which calls are spread.
  const all = routingPorts.map((port) => `127.0.0.1:${port}`).join(',');
  return { ...named, SWITCHYARD_ROUTING_ADDRESS: `ipv4:${all}` };
}

/** Writes what is secret into files that only their owner can read, and gives the variables that name them. */
export async function secretFiles(
  name: ServiceName,
  { stateDir, identity, urls }: Installation,
): Promise<Record<string, string>> {
  const prefix = SERVICE_PREFIXES[name];
  const database = new URL(urls.postgres);
  database.username = DATABASE_ROLES[name];
  database.password = identity.databasePasswords[name];
  const secrets: Record<string, string> = {
    NATS_URL: urls.nats,
    REDIS_URL: urls.redis,
    [`${prefix}_DATABASE_URL`]: database.href,
    [`${prefix}_API_KEY`]: identity.serviceKeys[name],
  };
  if (name === 'credential') {
    secrets.CREDENTIAL_KEK = identity.keyEncryptionKey;
    secrets.CREDENTIAL_BOOTSTRAP_KEYS = bootstrapKeys(identity);
  }
  const folder = join(stateDir, 'secrets', name);
  await mkdir(join(stateDir, 'secrets'), { recursive: true, mode: 0o700 });
  const variables: Record<string, string> = {};
  for (const [variable, value] of Object.entries(secrets)) {
    const file = join(folder, variable.toLowerCase());
    await writePrivateFile(file, value);
    variables[`${variable}_FILE`] = file;
  }
  return variables;
}

/** What is not secret, for one service. */
export function plainVariables(name: ServiceName, installation: Installation): Record<string, string> {
  const prefix = SERVICE_PREFIXES[name];
  const { ports, plaintextHosts } = installation;
  return {
    [`${prefix}_GRPC_PORT`]: String(ports.services[name].grpc),
    [`${prefix}_OPS_PORT`]: String(ports.services[name].ops),
    ...serviceAddresses(installation),
    ...(name === 'routing' ? { ROUTING_PLAINTEXT_HOSTS: plaintextHosts.join(',') } : {}),
  };
}
