import { type BaseConfig, type Env, EnvReader, readBaseConfig } from '@switchyard/service-kit';
import { type BootstrapKey, parseBootstrapKeys } from './domain/bootstrap-key.ts';
import { Keyring } from './domain/keyring.ts';

/** What this service is configured with. */
export interface CredentialConfig extends BaseConfig {
  /** The standard variables of tracing; nothing else of the environment, which holds secrets. */
  readonly env: Env;
  /** `CREDENTIAL_DATABASE_URL`, as the role `switchyard_credential`. */
  readonly databaseUrl: string;
  /** `CREDENTIAL_DATABASE_MAX_CONNECTIONS`, 2 to 200, default 10. */
  readonly databaseMaxConnections: number;
  /**
   * `CREDENTIAL_STATEMENT_TIMEOUT_MS`, 100 to 60,000, default 800: longest time of one statement. One that gets no answer
   * at all is given up 1,000 ms later, so that callers wait less than 2 s.
   */
  readonly statementTimeoutMs: number;
  /** `CREDENTIAL_KEK`: `id:base64,…`; the first wraps, all unwrap. */
  readonly keyring: Keyring;
  /** `CREDENTIAL_BOOTSTRAP_KEYS`: JSON array; default none. */
  readonly bootstrapKeys: readonly BootstrapKey[];
  /** `CREDENTIAL_KEY_TTL_SECONDS`, 1 to 86,400, default 600: how long a resolved key may be used without asking again. */
  readonly keyTtlSeconds: number;
  /** `CREDENTIAL_SECRET_TTL_SECONDS`, 1 to 86,400, default 600: how long a secret may be kept in memory. */
  readonly secretTtlSeconds: number;
  /** `SWITCHYARD_NATS_REPLICAS`, 1 to 5, default 1: copies that NATS keeps of a stream; more than one needs a cluster. */
  readonly natsReplicas: number;
}

const DAY_SECONDS = 86_400;

/** Reads the configuration. @throws ConfigError with every problem at once */
export function parseConfig(env: Env): CredentialConfig {
  // This service calls no other, so it needs no key of its own.
  const reader = new EnvReader({ ...env, CREDENTIAL_API_KEY: 'none' });
  const ttl = { fallback: 600, min: 1, max: DAY_SECONDS };
  const config = {
    ...readBaseConfig(reader, { prefix: 'CREDENTIAL', grpcPort: 7004 }),
    env: tracingVariables(env),
    databaseUrl: reader.url('CREDENTIAL_DATABASE_URL', ['postgres', 'postgresql']),
    databaseMaxConnections: reader.integer('CREDENTIAL_DATABASE_MAX_CONNECTIONS', {
      fallback: 10,
      min: 2,
      max: 200,
    }),
    statementTimeoutMs: reader.integer('CREDENTIAL_STATEMENT_TIMEOUT_MS', {
      fallback: 800,
      min: 100,
      max: 60_000,
    }),
    keyring: readKeyring(reader),
    bootstrapKeys: readBootstrapKeys(reader),
    keyTtlSeconds: reader.integer('CREDENTIAL_KEY_TTL_SECONDS', ttl),
    secretTtlSeconds: reader.integer('CREDENTIAL_SECRET_TTL_SECONDS', ttl),
    natsReplicas: reader.integer('SWITCHYARD_NATS_REPLICAS', { fallback: 1, min: 1, max: 5 }),
  };
  reader.finish();
  return Object.freeze({ ...config, keyring: config.keyring as Keyring });
}

const tracingVariables = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('OTEL_')));

/** @returns undefined with a problem noted: then `finish` throws. */
function readKeyring(reader: EnvReader): Keyring | undefined {
  const text = reader.text('CREDENTIAL_KEK');
  if (text === '') return undefined;
  const keyring = Keyring.parse(text);
  if (keyring.ok) return keyring.value;
  reader.problem(`CREDENTIAL_KEK ${keyring.error}`);
  return undefined;
}

function readBootstrapKeys(reader: EnvReader): readonly BootstrapKey[] {
  const keys = parseBootstrapKeys(reader.optional('CREDENTIAL_BOOTSTRAP_KEYS') ?? '[]');
  if (keys.ok) return keys.value;
  for (const problem of keys.error) reader.problem(`CREDENTIAL_BOOTSTRAP_KEYS ${problem}`);
  return [];
}
