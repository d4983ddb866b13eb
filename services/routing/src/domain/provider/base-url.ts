import { type HostAndPort, parseHostAndPort } from '@switchyard/kernel';

/** How far calls of a provider may reach: `internal` has loopback, private and shared addresses as well. */
export type ProviderReach = 'public' | 'internal';

/** What an operator decided about hosts, and what addresses are. */
export interface HostRules {
  /** Whether the operator named the host in `ROUTING_PLAINTEXT_HOSTS`. */
  isNamed(target: HostAndPort): boolean;
  /** Whether the host is an address out of reach; false for every name, whose addresses are judged when it is connected to. */
  forbidsLiteral(target: HostAndPort, reach: ProviderReach): boolean;
}

/** Where a provider is called, read from its base URL once for all calls. */
export interface ProviderAddress {
  /** Scheme, host and port, as secrets are bound to them. */
  readonly origin: string;
  /** Host, and port where it is not the scheme's own: as in the header. */
  readonly host: string;
  /** What every path begins with, without a slash at the end. */
  readonly path: string;
  readonly target: HostAndPort;
}

/** Reads a base URL; undefined where it is none, or its host could not be looked up. */
export function readAddress(baseUrl: string): ProviderAddress | undefined {
  const url = URL.parse(baseUrl);
  const target = url === null ? undefined : targetOf(url);
  if (url === null || target === undefined) return undefined;
  return { origin: url.origin, host: url.host, path: url.pathname.replace(/\/+$/, ''), target };
}

/** Whose provider it is, and where. */
export interface ProviderPlace {
  /** '' for the installation's. */
  readonly tenant: string;
  readonly baseUrl: string;
}

/** Where a base URL leads; undefined where its host is none that could be looked up. */
function targetOf(url: URL): HostAndPort | undefined {
  return parseHostAndPort(url.host, url.protocol === 'http:' ? 80 : 443);
}

/**
 * A tenant's provider may be at public addresses only, or the tenant could have routing call what is inside the
 * installation. Operators answer for the installation's own providers, and for the hosts that they named.
 */
export function reachOfProvider(tenant: string, isNamed: () => boolean): ProviderReach {
  return tenant === '' || isNamed() ? 'internal' : 'public';
}

/** What is wrong with a provider's base URL, for whoever configures it; undefined: nothing. */
export function baseUrlProblem({ tenant, baseUrl }: ProviderPlace, rules: HostRules): string | undefined {
  // The catalog has templates: a request to one would go to nobody, or to a path with braces in it.
  const placeholder = /\$?\{[^}]*\}/.exec(baseUrl)?.[0];
  if (placeholder !== undefined) return `still has the placeholder ${placeholder}: put your own value there`;
  const url = URL.parse(baseUrl);
  if (url === null) return 'must be a URL such as https://api.example.com/v1';
  // What the parser of URLs would take out or put together is told to whoever wrote it.
  if (!/^[\x21-\x7e]*$/.test(baseUrl)) return 'must be printable ASCII without spaces';
  if (/\/\.{1,2}(\/|$)|%2e/i.test(baseUrl)) return 'must not have a dot segment in its path';
  if (url.username !== '' || url.password !== '')
    return 'must not hold a user or password; use credential_ref';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  const target = targetOf(url);
  if (target === undefined) return 'has a host that cannot be read';
  const isNamed = rules.isNamed(target);
  if (url.protocol === 'http:' && !isNamed) return `plain http to ${url.host} is not allowed; ${NAME_IT}`;
  const reach = reachOfProvider(tenant, () => isNamed);
  if (!rules.forbidsLiteral(target, reach)) return undefined;
  const canBeNamed = reach === 'public' && !rules.forbidsLiteral(target, 'internal');
  return `the address of ${url.hostname} is not allowed${canBeNamed ? `; ${NAME_IT}` : ''}`;
}

const NAME_IT = 'an operator can name the host in ROUTING_PLAINTEXT_HOSTS';
