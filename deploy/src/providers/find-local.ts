import type { EnvReader } from '@switchyard/service-kit';
import { listLocalModels } from './list-local-models.ts';
import { apiBaseUrl, LOCAL_SERVERS, type LocalServerKind } from './local-servers.ts';
import { OTHER_PRIORITY, type PlannedProvider } from './planned-provider.ts';

/** Local servers that answered, and sentences about those that a variable names and that did not. */
export interface LocalFinding {
  readonly providers: readonly PlannedProvider[];
  readonly notes: readonly string[];
}

/** Looks for programs on this machine that serve models, all at once. Bad addresses become problems of the reader's. */
export async function findLocal(
  reader: EnvReader,
  kinds: readonly LocalServerKind[] = LOCAL_SERVERS,
): Promise<LocalFinding> {
  const looked = await Promise.all(kinds.map((kind) => look(kind, reader)));
  return {
    providers: looked.flatMap(({ provider }) => provider ?? []),
    notes: looked.flatMap(({ note }) => note ?? []),
  };
}

async function look(
  { id, name, variable, url }: LocalServerKind,
  reader: EnvReader,
): Promise<{ provider?: PlannedProvider; note?: string }> {
  const named = reader.optional(variable);
  const baseUrl = apiBaseUrl(named ?? url);
  if (baseUrl === undefined) {
    reader.problem(`${variable} must be an address such as ${url}, without a user, password or query`);
    return {};
  }
  const found = await listLocalModels(baseUrl);
  if (found.kind === 'none') {
    return named === undefined ? {} : { note: `${name} is not used: ${baseUrl} (${variable}): ${found.why}` };
  }
  const provider = {
    id,
    displayName: name,
    wireFormat: 'openai-chat',
    baseUrl,
    key: undefined,
    models: found.models,
    priority: OTHER_PRIORITY,
    simulated: false,
    source: `${found.models.length} model${found.models.length === 1 ? '' : 's'} at ${baseUrl}`,
  };
  return { provider };
}
