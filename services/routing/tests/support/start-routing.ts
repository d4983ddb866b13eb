import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_ROLES } from '@switchyard/contracts';
import { InferenceServiceClient, Provider, ProviderAdminServiceClient } from '@switchyard/contracts/routing';
import { newApiKey } from '@switchyard/kernel';
import type { Catalog } from '@switchyard/llm';
import {
  type Authenticate,
  callUnary,
  type GrpcTarget,
  type KeyOwners,
  migrate,
  openGrpcClient,
  type Principal,
  type RunningService,
} from '@switchyard/service-kit';
import { expect, vi } from 'vitest';
import { migrationOptions, parseConfig, startService } from '../../src/index.ts';
import type { ProviderSecrets } from '../../src/ports.ts';
import { bearer, readyKeys } from './ready-keys.ts';

/** Where a test's routing gets its servers from, and what is special about it. */
export interface RoutingSetup {
  /** Superuser URL of an empty database. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly subjectPrefix: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Who calls, by authorization header. Default: everybody is the {@link operator}. */
  readonly authenticate?: Authenticate;
  /** Who the keys of batches belong to. Default: all to the {@link operator}. */
  readonly owners?: Pick<KeyOwners, 'ownerOf'>;
  /** Where providers' keys come from. Default: every provider's key is `test-key`. */
  readonly secrets?: ProviderSecrets;
  /** Default: no providers. */
  readonly catalog?: Catalog;
  /** Kept when it is given: for starting again on the same outbox. */
  readonly stateDir?: string;
}

/** A routing service under test, with clients. */
export interface RoutingUnderTest extends AsyncDisposable {
  readonly inference: InferenceServiceClient;
  readonly admin: ProviderAdminServiceClient;
  readonly target: GrpcTarget;
  readonly httpUrl: string;
  readonly opsUrl: string;
  readonly stateDir: string;
  readonly service: RunningService;
  /** Adds a provider that offers {@link MODELS} and needs no key of credential. */
  addProvider(provider: Partial<Provider>): Promise<void>;
}

const PASSWORD = 'routing-test';
/** Callers are told apart by the role that ends their key's name. */
export const operator: Principal = {
  keyId: 'operator',
  tenant: 't1',
  role: 'admin',
  installation: true,
  permissions: new Set([...BUILT_IN_ROLES.admin, ...BUILT_IN_ROLES.service]),
};

/** Starts routing as it is, but for credential: every caller is the operator, and every provider's key is `test-key`. */
export async function startRouting(setup: RoutingSetup): Promise<RoutingUnderTest> {
  const { databaseUrl, natsUrl, subjectPrefix } = setup;
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: databaseUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const stateDir = setup.stateDir ?? mkdtempSync(join(tmpdir(), 'routing-'));
  const ownUrl = new URL(databaseUrl);
  ownUrl.username = 'switchyard_routing';
  ownUrl.password = PASSWORD;
  const config = parseConfig({
    ROUTING_GRPC_PORT: '0',
    ROUTING_OPS_PORT: '0',
    ROUTING_HTTP_PORT: '0',
    ROUTING_DATABASE_URL: ownUrl.href,
    ROUTING_API_KEY: newApiKey(),
    ROUTING_STATE_DIR: stateDir,
    ROUTING_PLAINTEXT_HOSTS: '127.0.0.1',
    ROUTING_DRAIN_GRACE_MS: '2000',
    NATS_URL: natsUrl,
    SWITCHYARD_SUBJECT_PREFIX: subjectPrefix,
    SWITCHYARD_LOG_LEVEL: 'silent',
    // Nobody listens there: the other services are away.
    SWITCHYARD_CREDENTIAL_ADDRESS: '127.0.0.1:1',
    SWITCHYARD_COST_ACCOUNTING_ADDRESS: '127.0.0.1:1',
    SWITCHYARD_HEALTH_PROBE_ADDRESS: '127.0.0.1:1',
    ...setup.env,
  });
  const service = await startService(config, {
    authenticate: setup.authenticate ?? (() => operator),
    owners: setup.owners ?? { ownerOf: () => Promise.resolve(operator) },
    secrets: setup.secrets ?? readyKeys(() => bearer('test-key')),
    catalog: setup.catalog ?? emptyCatalog,
  });
  await isConfigured(service.addresses.ops ?? '');
  return underTest(service, stateDir, { keepState: setup.stateDir !== undefined });
}

/** Waits until a replica has read the configuration: what it answers before is of none. */
const isConfigured = (opsUrl: string) =>
  vi.waitFor(
    async () => {
      const ready = await (await fetch(`${opsUrl}/readyz`)).json();
      expect(ready).toMatchObject({ parts: { postgres: { ok: true }, providers: { ok: true } } });
    },
    { timeout: 20_000 },
  );

function underTest(
  service: RunningService,
  stateDir: string,
  { keepState }: { keepState: boolean },
): RoutingUnderTest {
  const target = { address: service.addresses.grpc ?? '', apiKey: newApiKey() };
  const inference = openGrpcClient(InferenceServiceClient, target);
  const admin = openGrpcClient(ProviderAdminServiceClient, target);
  return {
    service,
    inference,
    admin,
    target,
    stateDir,
    httpUrl: service.addresses.http ?? '',
    opsUrl: service.addresses.ops ?? '',
    addProvider: async (provider) => {
      const method = admin.createProvider.bind(admin);
      const whole = Provider.fromPartial({
        wireFormat: 'openai-chat',
        simulated: true,
        ...manyModels,
        ...provider,
      });
      await callUnary({ method, request: { provider: whole }, target, timeoutMs: 5_000 });
    },
    async [Symbol.asyncDispose]() {
      inference.close();
      admin.close();
      await service[Symbol.asyncDispose]();
      if (!keepState) rmSync(stateDir, { recursive: true });
    },
  };
}

/** The same model under many names: each has a breaker of its own, so that tests do not open each other's. */
export const MODELS = Array.from({ length: 64 }, (_, i) => `m${i}`);

const manyModels = {
  models: MODELS.map((model) => ({
    model,
    catalogModel: '',
    capabilities: ['text', 'streaming', 'tools'],
    contextTokens: 100_000,
    maxOutputTokens: 1_000,
  })),
};

/** No providers: what a test needs it configures itself. */
const emptyCatalog: Catalog = {
  providers: () => [],
  provider: () => undefined,
  offeringsOf: () => [],
  findOffering: () => undefined,
  offerings: () => [],
  aliases: () => new Map(),
};
