import type { Registry } from '../registry/registry.ts';
import { FILES, FOLDERS, type RawFiles } from './raw-files.ts';

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

/** A mirror of all of them below one URL without a slash at the end, in the layout that `--from-file` reads. */
export const mirrorOrigins = (baseUrl: string): Origins => ({
  modelsDev: `${baseUrl}/${FILES.modelsDev}`,
  litellm: `${baseUrl}/${FILES.litellm}`,
  genaiPrices: `${baseUrl}/${FILES.genaiPrices}`,
  portkeyPricing: `${baseUrl}/${FOLDERS.portkeyPricing}/{provider}.json`,
  piAi: `${baseUrl}/${FOLDERS.piAi}/{provider}.json`,
});

/** The largest file has 3 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Longest time for one file, in milliseconds. */
export const SOURCE_TIMEOUT_MS = 60_000;
const AT_ONCE = 6;

/** One file of a source. */
export interface Download {
  readonly url: string;
  /** A source may drop a provider; the guard against shrinking sees when it drops many. */
  readonly missing: 'fails' | 'is left out';
}

/** How sources are fetched. */
export interface FetchOptions {
  readonly origins: Origins;
  /**
   * Fetches one file within {@link SOURCE_TIMEOUT_MS} by {@link readSource}, following no redirect; undefined where it
   * is missing and may be. Throws a SourceError that names the address.
   */
  readonly download: (download: Download) => Promise<string | undefined>;
}

/** Fetches all sources, as {@link RawFiles}. @throws what `download` does */
export async function fetchSources(
  registry: Registry,
  { origins, download }: FetchOptions,
): Promise<RawFiles> {
  const waiting = downloads(registry, origins);
  const files = new Map<string, string>();
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const text = await download(next);
      if (text !== undefined) files.set(next.path, text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return files;
}

/** The text of an answer's body. @throws Error where it has more than 64 MiB */
export async function readSource(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function downloads(registry: Registry, origins: Origins): (Download & { readonly path: string })[] {
  const perProvider = (folder: string, template: string, ids: readonly string[]) =>
    [...new Set(ids)].map((id) => ({
      path: `${folder}/${id}.json`,
      url: template.replace('{provider}', id),
      missing: 'is left out' as const,
    }));
  return [
    { path: FILES.modelsDev, url: origins.modelsDev, missing: 'fails' },
    { path: FILES.litellm, url: origins.litellm, missing: 'fails' },
    { path: FILES.genaiPrices, url: origins.genaiPrices, missing: 'fails' },
    ...perProvider(FOLDERS.portkeyPricing, origins.portkeyPricing, registry.idsAt('portkey')),
    ...perProvider(FOLDERS.piAi, origins.piAi, registry.idsAt('pi-ai')),
  ];
}
