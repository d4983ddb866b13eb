import type { Catalog } from '@switchyard/llm';
import { type Env, EnvReader } from '@switchyard/service-kit';
import { findByKey } from './find-by-key.ts';
import { findInClouds } from './find-in-clouds.ts';
import { findLocal } from './find-local.ts';
import type { LocalServerKind } from './local-servers.ts';
import { type PlannedProvider, PRIMARY_PRIORITY } from './planned-provider.ts';

/** What the environment and the machine offer. */
export interface FoundProviders {
  /** Real ones only; empty where there is none. */
  readonly providers: readonly PlannedProvider[];
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

export interface FindProvidersOptions {
  readonly env: Env;
  readonly catalog: Catalog;
  /** Programs of this machine to look for. Default: all that are known. */
  readonly localServers?: readonly LocalServerKind[];
}

/** What `LLM_PROVIDER` says to leave real providers alone. */
export const SIMULATOR_ONLY = 'simulator';

/** Other names that people have for a provider: name → catalog id. */
const ALIASES: Readonly<Record<string, string>> = {
  azure_openai: 'azure',
  bedrock: 'amazon-bedrock',
  claude: 'anthropic',
  gemini: 'google',
  grok: 'xai',
  'lm-studio': 'lmstudio',
  vertex: 'google-vertex',
};

/**
 * Finds the real providers: by keys in the environment, by their ports on this machine. `LLM_PROVIDER` names the one to
 * be asked first.
 *
 * @throws ConfigError with everything that is wrong
 */
export async function findProviders(options: FindProvidersOptions): Promise<FoundProviders> {
  const { env, catalog, localServers } = options;
  const reader = new EnvReader(env);
  const primary = reader.optional('LLM_PROVIDER')?.trim().toLowerCase();
  if (primary === SIMULATOR_ONLY) return { providers: [], notes: [] };
  const clouds = findInClouds(reader);
  const byKey = [...findByKey(catalog, reader), ...clouds.providers];
  const local = await findLocal(reader, localServers);
  const all = [...byKey, ...local.providers.filter(({ id }) => byKey.every((keyed) => keyed.id !== id))];
  const providers = choosePrimary(all, primary, reader);
  reader.finish();
  return { providers, notes: [...clouds.notes, ...local.notes] };
}

function choosePrimary(
  found: readonly PlannedProvider[],
  primary: string | undefined,
  reader: EnvReader,
): PlannedProvider[] {
  if (primary === undefined) return [...found];
  const id = ALIASES[primary] ?? primary;
  if (!found.some((provider) => provider.id === id)) {
    const names = found.map((provider) => provider.id).join(', ') || 'none';
    reader.problem(
      `LLM_PROVIDER names ${JSON.stringify(primary)}, for which there is neither a key in the environment nor a local server (found: ${names}; "${SIMULATOR_ONLY}" leaves real providers alone)`,
    );
  }
  return found.map((provider) =>
    provider.id === id ? { ...provider, priority: PRIMARY_PRIORITY } : provider,
  );
}
