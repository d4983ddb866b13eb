import type { Provider } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { type PlannedProvider, secretIdOf } from './planned-provider.ts';
import { ProviderApi, type ProviderApiOptions } from './provider-api.ts';
import {
  planRegistration,
  type Registered,
  type RegisteredFields,
  type RegistrationStep,
  registeredFieldsOf,
} from './registration.ts';
import {
  fingerprint,
  type RegistrationRecord,
  readRegistration,
  writeRegistration,
} from './registration-file.ts';

export interface RegisterOptions extends ProviderApiOptions {
  readonly stateDir: string;
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
  /** What could not be done, in sentences. One provider that is refused keeps nobody else from serving. */
  readonly problems: readonly string[];
}

/**
 * Brings routing and credential in line with what was found, through the API that everybody uses.
 *
 * @throws ServiceError where nothing can be registered at all
 */
export async function registerProviders(options: RegisterOptions): Promise<RegisteredProviders> {
  const { stateDir, found, simulated } = options;
  using api = new ProviderApi(options);
  const record = await readRegistration(stateDir);
  const there = await api.listProviders();
  const configured = configuredElsewhere(there, { record, found });
  // Once they serve, they go on: a provider that somebody adds meanwhile does not switch them off at the next start.
  const simulatedServe = simulated.some(({ id }) => record.providers[id]?.mode === 'enabled');
  const wanted = found.length === 0 && (configured.length === 0 || simulatedServe) ? simulated : found;
  const stored = await storeKeys(api, { wanted, record, options });
  const existing = new Map(
    there
      .filter(({ tenant }) => tenant === '')
      .map((provider) => [provider.id, registeredFieldsOf(provider)]),
  );
  const plan = planRegistration({ wanted, registered: record.providers, existing });
  const taken = await takeSteps(api, plan.steps);
  await writeRegistration(stateDir, {
    providers: withoutRefused(plan.registered, { refused: taken.refused, before: record.providers }),
    secrets: { ...record.secrets, ...stored.fingerprints },
  });
  return {
    providers: wanted.filter(({ id }) => !taken.refused.has(id)),
    configured,
    changes: taken.changes,
    problems: [...stored.problems, ...taken.problems],
  };
}

/** Real providers that somebody else enabled: unknown here, or switched on again after they were switched off here. */
function configuredElsewhere(
  there: readonly Provider[],
  { record, found }: { record: RegistrationRecord; found: readonly PlannedProvider[] },
): string[] {
  return there
    .filter((provider) => !provider.simulated && registeredFieldsOf(provider).mode === 'enabled')
    .map(({ id }) => id)
    .filter((id) => record.providers[id]?.mode !== 'enabled' && found.every((planned) => planned.id !== id));
}

/** Stores the keys that are new or have changed. */
async function storeKeys(
  api: ProviderApi,
  context: { wanted: readonly PlannedProvider[]; record: RegistrationRecord; options: RegisterOptions },
): Promise<{ fingerprints: Record<string, string>; problems: string[] }> {
  const { wanted, record, options } = context;
  const ids = await api.listSecretIds();
  const fingerprints: Record<string, string> = {};
  const problems: string[] = [];
  for (const { id: providerId, key, baseUrl, tokenOrigins = [] } of wanted) {
    if (key === undefined) continue;
    const id = secretIdOf(providerId);
    const origins = [new URL(baseUrl).origin, ...tokenOrigins];
    const print = fingerprint({ value: key, origin: origins.join(' '), under: options.fingerprintKey });
    if (record.secrets[id] === print && ids.has(id)) continue;
    const refusal = await refusalOf(() => api.putSecret({ id, value: key, origins }));
    if (refusal === undefined) fingerprints[id] = print;
    else problems.push(`the key of ${providerId} can't be stored: ${refusal}`);
  }
  return { fingerprints, problems };
}

async function takeSteps(api: ProviderApi, steps: readonly RegistrationStep[]) {
  const refused = new Set<string>();
  const changes: string[] = [];
  const problems: string[] = [];
  for (const step of steps) {
    const refusal = await refusalOf(() => api.take(step));
    if (refusal === undefined) {
      changes.push(describe(step));
      continue;
    }
    refused.add(step.id);
    problems.push(`${step.id} can't be registered: ${refusal}`);
  }
  return { refused, changes, problems };
}

/** Why the service refused; undefined where it did not. */
async function refusalOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error.publicMessage;
    throw error;
  }
}

/** What was refused is remembered as it was, so that the next start tries again. */
function withoutRefused(
  registered: Registered,
  { refused, before }: { refused: ReadonlySet<string>; before: Registered },
): Registered {
  const kept = Object.entries(registered).flatMap(([id, fields]): [string, RegisteredFields][] => {
    if (!refused.has(id)) return [[id, fields]];
    const last = before[id];
    return last === undefined ? [] : [[id, last]];
  });
  return Object.fromEntries(kept);
}

function describe({ kind, id, fields }: RegistrationStep): string {
  if (kind === 'create') return `created ${id}`;
  return fields.mode === 'disabled' ? `disabled ${id}` : `updated ${id}`;
}
