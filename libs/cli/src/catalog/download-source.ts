import { type Download, readSource, SOURCE_TIMEOUT_MS, SourceError } from '@switchyard/llm/catalog-refresh';

/** Fetches one file of a source. No redirects. @throws SourceError that names the address */
export async function downloadSource(
  { url, missing }: Download,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SOURCE_TIMEOUT_MS)]);
    const response = await fetch(url, { redirect: 'error', signal: limit });
    if (response.status === 404 && missing === 'is left out') return undefined;
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await readSource(response.body ?? []);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new SourceError(`${url} cannot be fetched: ${why}`);
  }
}
