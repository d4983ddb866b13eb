import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyServiceClient, ListApiKeysRequest } from '@switchyard/contracts/credential';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { waitUntil } from '@switchyard/testkit/processes';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SERVICE_NAMES, SERVICE_PREFIXES } from '../src/fleet/service-table.ts';
import { REPOSITORY } from '../src/settings/repository.ts';
import type { BundledPackage } from './bundled-packages.ts';
import type { SecretManifest } from './generate-keys/secret-manifests.ts';
import { writeImageContents } from './image-contents.ts';

// A server of its own: the migration sets the password of a role, and roles belong to the whole server.
const servers = useServers({ postgres: 'own', nats: true });
const folder = mkdtempSync(join(tmpdir(), 'switchyard-image-runs-'));
const packagesOf = new Map<string, readonly BundledPackage[]>();
const running: ChildProcess[] = [];

beforeAll(async () => {
  for (const service of SERVICE_NAMES) {
    packagesOf.set(service, await writeImageContents({ service, directory: join(folder, service) }));
  }
}, 120_000);

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const program = (service: string, name: string) => join(folder, service, 'dist', service, `${name}.mjs`);

function generateSecrets(): ReadonlyMap<string, SecretManifest['stringData']> {
  const text = execFileSync(process.execPath, [program('credential', 'generate-keys')], {
    env: { POSTGRES_URL: servers.postgres.url, NATS_URL: servers.nats.url },
    encoding: 'utf8',
  });
  const { items } = JSON.parse(text) as { items: SecretManifest[] };
  return new Map(items.map(({ metadata, stringData }) => [metadata.name, stringData]));
}

/** Variables that name files with a Secret's values, as the charts mount them. */
function mount(name: string, values: SecretManifest['stringData'] = {}): Record<string, string> {
  const directory = join(folder, 'secrets', name);
  mkdirSync(directory, { recursive: true });
  const entries = Object.entries(values).map(([key, value]) => {
    writeFileSync(join(directory, key), value);
    return [`${key}_FILE`, join(directory, key)];
  });
  return Object.fromEntries(entries);
}

/** Starts a service of an image; gives where it listens once it says that it is ready. */
async function start(service: (typeof SERVICE_NAMES)[number], env: Record<string, string>) {
  const prefix = SERVICE_PREFIXES[service];
  const child = spawn(
    process.execPath,
    ['--tls-min-v1.3', '--max-semi-space-size=16', '--heap-growing-percent=50', program(service, 'main')],
    {
      env: {
        [`${prefix}_GRPC_PORT`]: '0',
        [`${prefix}_OPS_PORT`]: '0',
        SWITCHYARD_SUBJECT_PREFIX: servers.nats.prefix,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const line = await waitUntil({
    ask: () => output.split('\n').find((text) => text.includes('"msg":"ready"')),
    timeoutMs: 20_000,
  });
  expect(line, output).toBeDefined();
  const { addresses } = JSON.parse(line ?? '') as { addresses: { grpc: string; ops: string } };
  return { child, addresses };
}

it('serves from its image with the generated Secrets, migrated by the same image, until it is told to end', {
  timeout: 120_000,
}, async () => {
  const secrets = generateSecrets();
  const migrationEnv = mount('migration', secrets.get('switchyard-credential-migration'));
  const migrated = execFileSync(process.execPath, [program('credential', 'migrate')], {
    env: migrationEnv,
    encoding: 'utf8',
  });
  expect(migrated).toContain('000001.sql');
  const { child, addresses } = await start(
    'credential',
    mount('credential', secrets.get('switchyard-credential')),
  );
  const readyz = `${addresses.ops.replace(/^(?!http)/, 'http://')}/readyz`;
  await expect.poll(async () => (await fetch(readyz)).status).toBe(200);
  const apiKey = secrets.get('switchyard-operator')?.SWITCHYARD_API_KEY ?? '';
  const target = { address: addresses.grpc, apiKey };
  const client = openGrpcClient(ApiKeyServiceClient, target);
  const method = client.listApiKeys.bind(client);
  const listed = await callUnary({
    method,
    request: ListApiKeysRequest.fromPartial({}),
    target,
    timeoutMs: 15_000,
  });
  client.close();
  expect(listed.apiKeys.map(({ name }) => name).sort()).toEqual([
    'operator',
    'service-connector',
    'service-cost-accounting',
    'service-health-probe',
    'service-routing',
  ]);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});

it('starts every other service with its generated Secret, too, while nothing it needs is there but NATS', {
  timeout: 120_000,
}, async () => {
  const secrets = generateSecrets();
  const stateDir = join(folder, 'state');
  for (const service of SERVICE_NAMES.filter((name) => name !== 'credential')) {
    const env = mount(service, secrets.get(`switchyard-${service}`));
    const started = await start(service, {
      ...env,
      ...(service === 'routing' ? { ROUTING_STATE_DIR: stateDir, ROUTING_HTTP_PORT: '0' } : {}),
      ...(service === 'health-probe' ? { HEALTH_PROBE_HTTP_PORT: '0' } : {}),
    });
    expect(started.addresses.grpc).toMatch(/:\d+$/);
  }
  expect(existsSync(join(stateDir, 'outbox'))).toBe(true);
});

it('gives the owner of the database to migrations alone, and the operator key to no service', () => {
  const secrets = generateSecrets();
  const ownerPassword = new URL(servers.postgres.url).password;
  const operatorKey = secrets.get('switchyard-operator')?.SWITCHYARD_API_KEY ?? '';
  expect(operatorKey).toMatch(/^sy_/);
  for (const service of SERVICE_NAMES) {
    const text = JSON.stringify(secrets.get(`switchyard-${service}`));
    expect(text).not.toContain(operatorKey);
    expect(text).not.toContain(ownerPassword);
    expect(text).not.toContain('MIGRATION');
  }
});

it('lists every package of the bundle in the bill of materials, each with a licence and from the lockfile', () => {
  const lockfile = readFileSync(join(REPOSITORY, 'pnpm-lock.yaml'), 'utf8');
  for (const service of SERVICE_NAMES) {
    const bill = JSON.parse(readFileSync(join(folder, service, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string; licenses?: unknown[] }[];
    };
    const packages = packagesOf.get(service) ?? [];
    expect(packages.length).toBeGreaterThan(10);
    expect(bill.components.map(({ name, version }) => `${name}@${version}`)).toEqual(
      packages.map(({ name, version }) => `${name}@${version}`),
    );
    for (const { name, version, licenses } of bill.components) {
      expect(licenses, `${name} states a licence`).toHaveLength(1);
      expect(lockfile).toMatch(new RegExp(`^ {2}'?${name}@${version.replaceAll('.', '\\.')}'?:$`, 'm'));
    }
  }
});
