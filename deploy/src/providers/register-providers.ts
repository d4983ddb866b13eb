import { ListSecretsRequest, PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import {
  CreateProviderRequest,
  InferenceServiceClient,
  ListProvidersRequest,
  type Provider,
  ProviderAdminServiceClient,
  UpdateProviderRequest,
} from '@switchyard/contracts/routing';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type PlannedProvider, secretIdOf } from './planned-provider.ts';
import {
  planRegistration,
  providerMessage,
  type RegistrationStep,
  registeredFieldsOf,
} from './registration.ts';
import { fingerprint, readRegistration, writeRegistration } from './registration-file.ts';

export interface RegisterOptions {
  readonly stateDir: string;
  /** `host:port` of gRPC. */
  readonly routingAddress: string;
  readonly credentialAddress: string;
  /** Of an administrator of the installation. */
  readonly apiKey: string;
  /** Real ones, as found. */
  readonly found: readonly PlannedProvider[];
  /** Those that serve where there is no real one. */
  readonly simulated: readonly PlannedProvider[];
  /** Makes fingerprints of keys that mean nothing elsewhere. */
  readonly fingerprintKey: string;
}

/** Who serves now. */
export interface RegisteredProviders {
  readonly providers: readonly PlannedProvider[];
  /** Real ones that an operator configured by other means. */
  readonly configured: readonly string[];
  /** What was done, in short: "created openai". */
  readonly changes: readonly string[];
}

const TIMEOUT_MS = 10_000;

/** Brings routing and credential in line with what was found, through the same API that everybody uses. */
export async function registerProviders(options: RegisterOptions): Promise<RegisteredProviders> {
  const { stateDir, found, simulated } = options;
  const record = await readRegistration(stateDir);
  const there = await listProviders(options);
  const configured = there
    .filter((provider) => !provider.simulated && registeredFieldsOf(provider).mode === 'enabled')
    .map(({ id }) => id)
    // Enabled by somebody else: unknown here, or switched on again after it was switched off here.
    .filter((id) => record.providers[id]?.mode !== 'enabled' && found.every((planned) => planned.id !== id));
  const wanted = found.length === 0 && configured.length === 0 ? simulated : found;
  const secrets = await putSecrets(options, { wanted, known: record.secrets });
  const existing = new Map(
    there
      .filter(({ tenant }) => tenant === '')
      .map((provider) => [provider.id, registeredFieldsOf(provider)]),
  );
  const plan = planRegistration({ wanted, registered: record.providers, existing });
  for (const step of plan.steps) await takeStep(options, step);
  await writeRegistration(stateDir, {
    providers: plan.registered,
    secrets: { ...record.secrets, ...secrets },
  });
  return { providers: wanted, configured, changes: plan.steps.map(describe) };
}

async function listProviders({ routingAddress: address, apiKey }: RegisterOptions): Promise<Provider[]> {
  const client = openGrpcClient(InferenceServiceClient, { address, apiKey });
  const providers: Provider[] = [];
  try {
    for (let pageToken = ''; ; ) {
      const page = await callUnary({
        method: client.listProviders.bind(client),
        request: ListProvidersRequest.fromPartial({ pageSize: 1_000, pageToken }),
        target: { address, apiKey },
        timeoutMs: TIMEOUT_MS,
      });
      providers.push(...page.providers.flatMap(({ provider }) => provider ?? []));
      if (page.nextPageToken === '') return providers;
      pageToken = page.nextPageToken;
    }
  } finally {
    client.close();
  }
}

/** Stores the keys that are new or have changed. @returns fingerprints of all that are stored */
async function putSecrets(
  { credentialAddress: address, apiKey, fingerprintKey }: RegisterOptions,
  { wanted, known }: { wanted: readonly PlannedProvider[]; known: Readonly<Record<string, string>> },
): Promise<Record<string, string>> {
  const client = openGrpcClient(SecretServiceClient, { address, apiKey });
  const target = { address, apiKey };
  const prints: Record<string, string> = {};
  try {
    const { secrets: stored } = await callUnary({
      method: client.listSecrets.bind(client),
      request: ListSecretsRequest.fromPartial({ pageSize: 1_000 }),
      target,
      timeoutMs: TIMEOUT_MS,
    });
    for (const { id: providerId, key, baseUrl } of wanted) {
      if (key === undefined) continue;
      const id = secretIdOf(providerId);
      const { origin } = new URL(baseUrl);
      const print = fingerprint({ value: key, origin, under: fingerprintKey });
      prints[id] = print;
      if (known[id] === print && stored.some((secret) => secret.id === id)) continue;
      await callUnary({
        method: client.putSecret.bind(client),
        request: PutSecretRequest.fromPartial({ id, value: Buffer.from(key), allowedOrigins: [origin] }),
        target,
        timeoutMs: TIMEOUT_MS,
      });
    }
    return prints;
  } finally {
    client.close();
  }
}

async function takeStep(
  { routingAddress: address, apiKey }: RegisterOptions,
  step: RegistrationStep,
): Promise<void> {
  const client = openGrpcClient(ProviderAdminServiceClient, { address, apiKey });
  const target = { address, apiKey };
  const provider = providerMessage(step.id, step.fields);
  try {
    if (step.kind === 'create') {
      const request = CreateProviderRequest.fromPartial({ provider });
      await callUnary({ method: client.createProvider.bind(client), request, target, timeoutMs: TIMEOUT_MS });
    } else {
      const request = UpdateProviderRequest.fromPartial({ provider, updateMask: [...step.mask] });
      await callUnary({ method: client.updateProvider.bind(client), request, target, timeoutMs: TIMEOUT_MS });
    }
  } finally {
    client.close();
  }
}

function describe({ kind, id, fields }: RegistrationStep): string {
  if (kind === 'create') return `created ${id}`;
  return fields.mode === 'disabled' ? `disabled ${id}` : `updated ${id}`;
}
