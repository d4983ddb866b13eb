import { parseArgs } from 'node:util';
import { ConfigError, type Env, EnvReader } from '@switchyard/service-kit';
import type { SecretOptions } from './secret-manifests.ts';

/** A name that Kubernetes takes as part of others: RFC 1123, and short enough for what is added. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** What the command was asked for: names by arguments, URLs with passwords by the environment (or files). @throws ConfigError */
export function readOptions(args: readonly string[], env: Env): Omit<SecretOptions, 'identity'> {
  const { installation, namespace } = readNames(args);
  const reader = new EnvReader(env);
  for (const [option, value] of Object.entries({ installation, namespace })) {
    if (!NAME.test(value)) reader.problem(`--${option} must be up to 40 of a-z, 0-9 and "-"`);
  }
  const options = {
    installation,
    namespace,
    postgresUrl: reader.url('POSTGRES_URL', ['postgresql', 'postgres']),
    natsUrl: reader.url('NATS_URL', ['nats', 'tls']),
    redisUrl: reader.url('REDIS_URL', ['redis', 'rediss'], '') || undefined,
  };
  reader.finish();
  return options;
}

function readNames(args: readonly string[]): { installation: string; namespace: string } {
  const name = { type: 'string', default: 'switchyard' } as const;
  try {
    return parseArgs({ args: [...args], options: { installation: name, namespace: name } }).values;
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}
