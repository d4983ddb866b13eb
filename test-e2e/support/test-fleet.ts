import { SwitchyardClient } from '@switchyard/client';
import { PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import { Provider, ProviderAdminServiceClient } from '@switchyard/contracts/routing';
import { type FleetOptions, type RunningFleet, startFleet } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';

/** What a test's fleet is special in. */
export interface TestFleetOptions extends Omit<FleetOptions, 'providers' | 'simulator'> {
  /** Simulated providers of the format openai-chat, the preferred one first. Default: primary, secondary. */
  readonly providers?: readonly string[];
}

/** A whole installation whose providers speak openai-chat, offer `sim-fast` and cost what the catalog says of `sim-openai`. */
export interface TestFleet extends AsyncDisposable {
  readonly fleet: RunningFleet;
  /** One client for each replica of routing. */
  readonly clients: readonly SwitchyardClient[];
}

const SECRET = 'test/simulated';

/** Starts a fleet, gives the simulated providers a secret, and registers them. */
export async function startTestFleet({
  providers = ['primary', 'secondary'],
  ...options
}: TestFleetOptions = {}): Promise<TestFleet> {
  const fleet = await startFleet({
    logLevel: 'warn',
    ...options,
    providers: { kind: 'none' },
    simulator: {
      attemptLogSize: 200_000,
      providers: providers.map((name) => ({ name, format: 'openai-chat', models: 'any', answerTokens: 12 })),
    },
  });
  try {
    await storeSecret(fleet);
    for (const [i, id] of providers.entries()) await register(fleet, { id, priority: 10 * (i + 1) });
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  const clients = fleet.processes
    .filter(({ name }) => name.startsWith('routing'))
    .map(({ address }) => new SwitchyardClient({ address, apiKey: fleet.apiKey }));
  return {
    fleet,
    clients,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client[Symbol.dispose]();
      await fleet.stop();
    },
  };
}

async function storeSecret(fleet: RunningFleet): Promise<void> {
  const target = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(SecretServiceClient, target);
  const request = PutSecretRequest.fromPartial({
    id: SECRET,
    value: Buffer.from('simulated-key'),
    allowedOrigins: [new URL(fleet.simulatorUrl).origin],
  });
  await callUnary({ method: client.putSecret.bind(client), request, target, timeoutMs: 10_000 });
  client.close();
}

async function register(
  fleet: RunningFleet,
  { id, priority }: { readonly id: string; readonly priority: number },
): Promise<void> {
  const target = { address: fleet.grpcAddress, apiKey: fleet.apiKey };
  const client = openGrpcClient(ProviderAdminServiceClient, target);
  const provider = Provider.fromPartial({
    id,
    priority,
    wireFormat: 'openai-chat',
    catalogId: 'sim-openai',
    baseUrl: `${fleet.simulatorUrl}/${id}/v1`,
    credentialRef: SECRET,
    simulated: true,
  });
  await callUnary({
    method: client.createProvider.bind(client),
    request: { provider },
    target,
    timeoutMs: 10_000,
  });
  client.close();
}
