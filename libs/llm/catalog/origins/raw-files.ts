/** The sources' files, by path below the directory of raw data: what a directory holds, or what was fetched. */
export type RawFiles = ReadonlyMap<string, string>;

/** Where the single files stand. */
export const FILES = {
  modelsDev: 'models.dev_api.json',
  litellm: 'litellm_model_prices_and_context_window.json',
  genaiPrices: 'genai-prices_v2_data.json',
} as const;

/** Folders with one file for each provider. */
export const FOLDERS = {
  portkeyPricing: 'portkey/pricing',
  portkeyGeneral: 'portkey/general',
  piAi: 'pi-ai',
} as const;

/** A source's data cannot be used; nothing has been changed. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** The files of a folder: name without ending → text. */
export function filesIn(files: RawFiles, folder: string): [name: string, text: string][] {
  const prefix = `${folder}/`;
  return [...files]
    .filter(([path]) => path.startsWith(prefix) && path.endsWith('.json'))
    .map(([path, text]) => [path.slice(prefix.length, -'.json'.length), text]);
}
