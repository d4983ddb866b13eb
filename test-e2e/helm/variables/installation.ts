import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY, type Service } from '../charts.ts';
import type { VariablesRead } from './read-variables.ts';

/** Secrets by name, each with its values by key. */
export type Secrets = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The Secrets that an operator is told to make. @param servers URLs of servers that not every installation has */
export function generateSecrets(
  installation: string,
  servers: Readonly<Record<string, string>> = {},
): Secrets {
  const program = join(REPOSITORY, 'deploy/image/generate-keys/main.ts');
  const text = execFileSync(process.execPath, [program, '--installation', installation], {
    env: {
      POSTGRES_URL: 'postgresql://owner:secret@postgres:5432/switchyard',
      NATS_URL: 'nats://a:b@nats:4222',
      ...servers,
    },
    encoding: 'utf8',
  });
  const { items } = JSON.parse(text) as {
    items: { metadata: { name: string }; stringData: Record<string, string> }[];
  };
  return new Map(items.map(({ metadata, stringData }) => [metadata.name, stringData]));
}

/** What a service's own code says when it is started with these variables. */
export function readByService(service: Service, env: Readonly<Record<string, string>>): VariablesRead {
  const program = join(import.meta.dirname, 'read-variables.ts');
  const text = execFileSync(process.execPath, [program, join(REPOSITORY, 'services', service)], {
    env: { ...env },
    encoding: 'utf8',
  });
  return JSON.parse(text) as VariablesRead;
}

/** Puts files where a pod has mounts: variables that name one name its copy in a folder of this machine. */
export function withMountsIn(
  folder: string,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const isMounted = (value: string) => value.startsWith('/etc/switchyard/');
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      isMounted(value) ? join(folder, basename(value)) : value,
    ]),
  );
}
