import { type Download, readSource, SOURCE_TIMEOUT_MS, SourceError } from '@switchyard/llm/catalog-refresh';
import { type Dispatcher, request } from 'undici';

/** What a download goes through, and what ends it. */
export interface DownloadOptions {
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

/** Fetches one file of a source. undici follows no redirect by itself. @throws SourceError that names the address */
export async function downloadSource(
  { url, missing }: Download,
  { dispatcher, signal }: DownloadOptions,
): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SOURCE_TIMEOUT_MS)]);
    const { statusCode, body } = await request(url, { dispatcher, signal: limit });
    if (statusCode === 200) return await readSource(body);
    await body.dump();
    if (statusCode === 404 && missing === 'is left out') return undefined;
    throw new Error(`it answered ${statusCode}`);
  } catch (error) {
    throw new SourceError(`${url} cannot be fetched: ${(error as Error).message}`);
  }
}
