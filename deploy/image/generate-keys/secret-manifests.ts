import {
  DATABASE_ROLES,
  SERVICE_NAMES,
  SERVICE_PREFIXES,
  type ServiceName,
} from '../../src/fleet/service-table.ts';
import { bootstrapKeys } from '../../src/identity/bootstrap-keys.ts';
import type { Identity } from '../../src/identity/identity.ts';

/** What an installation's Secrets are made from. */
export interface SecretOptions {
  /** Name that the Secrets' names begin with; the charts' `global.installation`. */
  readonly installation: string;
  readonly namespace: string;
  readonly identity: Identity;
  /** `postgresql://owner:password@host:port/database`: may create roles and schemas. Only migrations get it. */
  readonly postgresUrl: string;
  /** `nats://user:password@host:port`; several servers separated by commas. */
  readonly natsUrl: string;
  /** `redis://user:password@host:port`, for routing; undefined: there is none. */
  readonly redisUrl: string | undefined;
}

/** A Kubernetes Secret. */
export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly type: 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * For each service one Secret that it runs with and one that only its migration gets, so that no service ever holds the
 * owner's password; and one with the operator's API key, which no pod gets. The names are what the umbrella chart expects.
 */
export function secretManifests(options: SecretOptions): readonly SecretManifest[] {
  const { installation, namespace, identity } = options;
  const secret = (suffix: string, stringData: Record<string, string>): SecretManifest => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${installation}-${suffix}`,
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'switchyard', 'app.kubernetes.io/instance': installation },
    },
    type: 'Opaque',
    stringData,
  });
  return [
    ...SERVICE_NAMES.flatMap((name) => [
      secret(name, serviceSecret(name, options)),
      secret(`${name}-migration`, migrationSecret(name, options)),
    ]),
    secret('operator', { SWITCHYARD_API_KEY: identity.operatorKey }),
  ];
}

function serviceSecret(name: ServiceName, options: SecretOptions): Record<string, string> {
  const { identity, natsUrl, postgresUrl, redisUrl } = options;
  const prefix = SERVICE_PREFIXES[name];
  const database = new URL(postgresUrl);
  database.username = DATABASE_ROLES[name];
  database.password = identity.databasePasswords[name];
  const shared = {
    NATS_URL: natsUrl,
    [`${prefix}_DATABASE_URL`]: database.href,
    ...(name === 'routing' && redisUrl !== undefined ? { REDIS_URL: redisUrl } : {}),
  };
  // Credential calls no other service, so it has no key; it knows the digests of theirs.
  if (name !== 'credential') return { ...shared, [`${prefix}_API_KEY`]: identity.serviceKeys[name] };
  return {
    ...shared,
    CREDENTIAL_KEK: identity.keyEncryptionKey,
    CREDENTIAL_BOOTSTRAP_KEYS: bootstrapKeys(identity),
  };
}

function migrationSecret(
  name: ServiceName,
  { identity, postgresUrl }: SecretOptions,
): Record<string, string> {
  const prefix = SERVICE_PREFIXES[name];
  return {
    [`${prefix}_MIGRATION_DATABASE_URL`]: postgresUrl,
    [`${prefix}_DATABASE_PASSWORD`]: identity.databasePasswords[name],
  };
}
