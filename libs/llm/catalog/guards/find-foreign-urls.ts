import type { Registry } from '../registry/registry.ts';
import type { SourceEntry } from '../sources/source-entry.ts';

/** An address that data names for a provider, and that is not the registry's. It is not used. */
export interface ForeignUrl {
  readonly provider: string;
  readonly source: string;
  readonly stated: string;
  /** The registry's; `undefined` where it has none, or does not know the provider. */
  readonly ours: string | undefined;
}

/** Addresses in the data whose host is not that of the registry: news for whoever reviews it, and never for a key. */
export function findForeignUrls(entries: readonly SourceEntry[], registry: Registry): ForeignUrl[] {
  const found = new Map<string, ForeignUrl>();
  for (const { provider, source, statedBaseUrl } of entries) {
    if (statedBaseUrl === undefined) continue;
    const ours = registry.provider(provider)?.baseUrl;
    const host = hostOf(statedBaseUrl);
    if (host === undefined || host === hostOf(ours ?? '')) continue;
    const key = `${provider} ${host}`;
    if (!found.has(key)) found.set(key, { provider, source, stated: statedBaseUrl, ours });
  }
  return [...found.values()];
}

/** Templates have hosts that no parser takes: what stands between the slashes is compared. */
const hostOf = (url: string): string | undefined => /^https?:\/\/([^/?#]+)/.exec(url)?.[1]?.toLowerCase();
