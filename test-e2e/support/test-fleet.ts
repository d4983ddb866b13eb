import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchyardClient } from '@switchyard/client';
import { PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import { Provider, ProviderAdminServiceClient, type ProviderLimits } from '@switchyard/contracts/routing';
import { type FleetOptions, type RunningFleet, startFleet } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
import type { PromptCacheOptions, WireFormatName } from '@switchyard/testkit/simulator';
import { AWS_KEYS, GOOGLE_KEYS, type SimulatedKeys } from './simulated-keys.ts';

/** A simulated provider of a test: it offers what its entry of the catalog does, at its prices. */
export interface TestProvider {
  /** Id in routing, and name at the simulator. */
  readonly id: string;
  readonly format: WireFormatName;
  /** Default: that of the simulated provider of its format. */
  readonly catalogId?: string;
  /** What it is called with. Default: what its format asks for. */
  readonly key?: string;
  /** Default: none. */
  readonly limits?: Partial<ProviderLimits>;
}

/** What a test's fleet is special in. */
export interface TestFleetOptions extends Omit<FleetOptions, 'providers' | 'simulator'> {
  /** The preferred one first; an id alone is one of the format openai-chat. Default: primary, secondary. */
  readonly providers?: readonly (string | TestProvider)[];
  /** Tokens of an answer that nothing else bounds. Default 12. */
  readonly answerTokens?: number;
  /** What providers remember of prompts. Default: the simulator's. */
  readonly promptCache?: PromptCacheOptions;
  /** Keys that the simulated providers accept, but for those whose keys sign or are exchanged. Default: any. */
  readonly apiKeys?: readonly string[];
}

/** A whole installation whose providers are simulated; by default they offer `sim-fast` at what the catalog says of `sim-openai`. */
export interface TestFleet extends AsyncDisposable {
  readonly fleet: RunningFleet;
  /** One client for each replica of routing. */
  readonly clients: readonly SwitchyardClient[];
}

const SECRET = 'test/simulated';
/** Longest wait for what every replica is to know. */
const KNOWN_MS = 60_000;

/** Entry in the catalog, and the end of the base address, by format. */
export const SIMULATED_AS: Readonly<
  Record<
    WireFormatName,
    { readonly catalogId: string; readonly basePath: string; readonly keys?: SimulatedKeys }
  >
> = {
  'openai-chat': { catalogId: 'sim-openai', basePath: '/v1' },
  'openai-responses': { catalogId: 'sim-openai', basePath: '/v1' },
  'anthropic-messages': { catalogId: 'sim-anthropic', basePath: '/v1' },
  gemini: { catalogId: 'sim-gemini', basePath: '/v1beta' },
  'ollama-native': { catalogId: 'sim-openai', basePath: '' },
  'cohere-v2': { catalogId: 'sim-openai', basePath: '/v2' },
  'bedrock-converse': {
    catalogId: 'sim-anthropic',
    basePath: '',
    keys: AWS_KEYS,
  },
  'vertex-gemini': {
    catalogId: 'sim-gemini',
    basePath: '/v1/projects/p/locations/eu/publishers/google',
    keys: GOOGLE_KEYS,
  },
  'vertex-anthropic': {
    catalogId: 'sim-anthropic',
    basePath: '/v1/projects/p/locations/eu/publishers/anthropic',
    keys: GOOGLE_KEYS,
  },
  'azure-openai': { catalogId: 'sim-openai', basePath: '/openai/v1' },
  'azure-openai-deployments': { catalogId: 'sim-openai', basePath: '/openai' },
};

/** Starts a fleet, gives the simulated providers a secret, and registers them. */
export async function startTestFleet({
  providers: named = ['primary', 'secondary'],
  answerTokens = 12,
  promptCache = { mode: 'prefix' },
  apiKeys,
  ...options
}: TestFleetOptions = {}): Promise<TestFleet> {
  const providers = named.map((one) =>
    typeof one === 'string' ? { id: one, format: 'openai-chat' as const } : one,
  );
  const fleet = await startFleet({
    logLevel: 'warn',
    ...options,
    providers: { kind: 'none' },
    simulator: {
      attemptLogSize: 200_000,
      providers: providers.map(({ id, format }) => {
        const accepted = apiKeys === undefined ? {} : { apiKeys };
        const base = {
          name: id,
          format,
          models: 'any' as const,
          answerTokens,
          cache: promptCache,
          ...accepted,
        };
        return { ...base, ...SIMULATED_AS[format].keys?.accepted };
      }),
    },
  });
  try {
    await storeSecrets(fleet, providers);
    for (const [i, provider] of providers.entries())
      await register(fleet, { ...provider, priority: 10 * (i + 1) });
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  const clients = fleet.processes
    .filter(({ name }) => name.startsWith('routing'))
    .map(({ address }) => new SwitchyardClient({ address, apiKey: fleet.apiKey }));
  try {
    const isPriced = fleet.processes.some(({ name }) => name === 'cost-accounting');
    if (isPriced) await Promise.all(clients.map((client) => untilPriced(client, providers)));
  } catch (error) {
    for (const client of clients) client[Symbol.dispose]();
    await fleet.stop();
    throw error;
  }
  return {
    fleet,
    clients,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client[Symbol.dispose]();
      await fleet.stop();
    },
  };
}

/** Registering returns before every replica knows the providers and their prices. */
async function untilPriced(client: SwitchyardClient, providers: readonly TestProvider[]): Promise<void> {
  for (const endMs = performance.now() + KNOWN_MS; performance.now() < endMs; await sleep(100)) {
    const models = await client.listModels().catch(() => []);
    const priced = models.filter(
      ({ pricesPerMillionNanoUsd }) => Object.keys(pricesPerMillionNanoUsd).length > 0,
    );
    const known = new Set(priced.map(({ provider }) => provider));
    if (providers.every(({ id }) => known.has(id))) return;
  }
  throw new Error(`a replica has not known the prices of all providers within ${KNOWN_MS / 1_000} s`);
}

/** Where the key of a provider is kept. */
const secretOf = ({ id, format, key }: TestProvider): string =>
  key === undefined && SIMULATED_AS[format].keys === undefined ? SECRET : `${SECRET}-${id}`;

async function storeSecrets(fleet: RunningFleet, providers: readonly TestProvider[]): Promise<void> {
  const target = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(SecretServiceClient, target);
  const allowedOrigins = [new URL(fleet.simulatorUrl).origin];
  const values = new Map(
    providers.map((provider) => {
      const ofFormat = SIMULATED_AS[provider.format].keys?.right(`${fleet.simulatorUrl}/${provider.id}`);
      return [secretOf(provider), provider.key ?? ofFormat ?? 'simulated-key'];
    }),
  );
  for (const [id, value] of values) {
    const request = PutSecretRequest.fromPartial({ id, value: Buffer.from(value), allowedOrigins });
    const method = client.putSecret.bind(client);
    await insist(() => callUnary({ method, request, target, timeoutMs: 10_000 }));
  }
  client.close();
}

async function register(
  fleet: RunningFleet,
  provider: TestProvider & { readonly priority: number },
): Promise<void> {
  const { id, format, catalogId, limits, priority } = provider;
  const target = { address: fleet.grpcAddress, apiKey: fleet.apiKey };
  const client = openGrpcClient(ProviderAdminServiceClient, target);
  const registered = Provider.fromPartial({
    id,
    priority,
    wireFormat: format,
    catalogId: catalogId ?? SIMULATED_AS[format].catalogId,
    baseUrl: `${fleet.simulatorUrl}/${id}${SIMULATED_AS[format].basePath}`,
    credentialRef: secretOf(provider),
    simulated: true,
    ...(limits === undefined ? {} : { limits }),
  });
  const method = client.createProvider.bind(client);
  const request = { provider: registered };
  await insist(() => callUnary({ method, request, target, timeoutMs: 10_000 }));
  client.close();
}
