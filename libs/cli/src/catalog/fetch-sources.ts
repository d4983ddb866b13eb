import { FILES, FOLDERS, type RawFiles, type Registry, SourceError } from '@switchyard/llm/catalog-refresh';

/** Where the sources are published; `{provider}` is the source's id of one. */
export interface Origins {
  readonly modelsDev: string;
  readonly litellm: string;
  readonly genaiPrices: string;
  readonly portkeyPricing: string;
  readonly piAi: string;
}

/** The live ones. Portkey publishes prices only; pi-ai is read from the newest version of its npm package. */
export const LIVE_ORIGINS: Origins = {
  modelsDev: 'https://models.dev/api.json',
  litellm: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
  genaiPrices: 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json',
  portkeyPricing: 'https://configs.portkey.ai/pricing/{provider}.json',
  piAi: 'https://cdn.jsdelivr.net/npm/@earendil-works/pi-ai/dist/providers/data/{provider}.json',
};

/** The largest file has 3 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const AT_ONCE = 6;

interface Download {
  readonly path: string;
  readonly url: string;
  /** A source may drop a provider; the guard against shrinking sees when it drops many. */
  readonly missing: 'fails' | 'is left out';
}

/** Fetches all sources, as {@link RawFiles}. No redirects. @throws SourceError that names the address */
export async function fetchSources(
  registry: Registry,
  { origins, signal }: { readonly origins: Origins; readonly signal: AbortSignal },
): Promise<RawFiles> {
  const waiting = downloads(registry, origins);
  const files = new Map<string, string>();
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const text = await download(next, signal);
      if (text !== undefined) files.set(next.path, text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return files;
}

function downloads(registry: Registry, origins: Origins): Download[] {
  const perProvider = (folder: string, template: string, ids: readonly string[]): Download[] =>
    [...new Set(ids)].map((id) => ({
      path: `${folder}/${id}.json`,
      url: template.replace('{provider}', id),
      missing: 'is left out',
    }));
  return [
    { path: FILES.modelsDev, url: origins.modelsDev, missing: 'fails' },
    { path: FILES.litellm, url: origins.litellm, missing: 'fails' },
    { path: FILES.genaiPrices, url: origins.genaiPrices, missing: 'fails' },
    ...perProvider(FOLDERS.portkeyPricing, origins.portkeyPricing, registry.idsAt('portkey')),
    ...perProvider(FOLDERS.piAi, origins.piAi, registry.idsAt('pi-ai')),
  ];
}

async function download({ url, missing }: Download, signal: AbortSignal): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { redirect: 'error', signal: limit });
    if (response.status === 404 && missing === 'is left out') return undefined;
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await readBounded(response);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new SourceError(`${url} cannot be fetched: ${why}`);
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
