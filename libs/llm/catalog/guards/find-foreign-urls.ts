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
    if (host === undefined || isHostOf(host, hostOf(ours ?? ''))) continue;
    const key = `${provider} ${host}`;
    if (!found.has(key)) found.set(key, { provider, source, stated: statedBaseUrl, ours });
  }
  return [...found.values()];
}

/** Whether a host is the registry's; a placeholder of the registry's stands for any one label. */
function isHostOf(host: string, ours: string | undefined): boolean {
  if (ours === undefined) return false;
  const literal = ours.split(/\$?\{[^}]+\}/).map((part) => part.replaceAll(/[^a-z0-9]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^.]+')}$`).test(host);
}

/** Templates have hosts that no parser takes: what stands between the slashes is compared. */
const hostOf = (url: string): string | undefined => /^https?:\/\/([^/?#]+)/.exec(url)?.[1]?.toLowerCase();
