import type { PlannedProvider } from './planned-provider.ts';
import type { Registered } from './registration.ts';

/**
 * Hosts (`host:port`) that routing has to be allowed to reach without TLS: those of this machine's providers, and of
 * those registered earlier, which it would otherwise refuse to change any more.
 */
export function plaintextHosts(known: {
  readonly providers: readonly Pick<PlannedProvider, 'baseUrl'>[];
  readonly registered: Registered;
  /** `ROUTING_PLAINTEXT_HOSTS` as the user set it. */
  readonly named: readonly string[];
}): string[] {
  const urls = [
    ...known.providers.map(({ baseUrl }) => baseUrl),
    ...Object.values(known.registered).map(({ base_url: baseUrl }) => baseUrl),
  ];
  const plain = urls.map((url) => new URL(url)).filter(({ protocol }) => protocol === 'http:');
  return [...new Set([...known.named, ...plain.map(({ host }) => host)])];
}
