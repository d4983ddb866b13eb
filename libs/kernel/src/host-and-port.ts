/** A host and port in the one spelling that everything after compares and connects by. */
export interface HostAndPort {
  /** Lower-case name without a final dot, dotted quad, or IPv6 text without brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/**
 * Brings a host as it stands in a URL to its one spelling. Numbers in any form that some resolver takes for an address
 * (`0x7f.1`, `017700000001`, `2130706433`) become the dotted quad: the WHATWG host parser is the one reader, for all schemes.
 *
 * @returns undefined where it is no host
 */
export function normaliseHost(text: string): string | undefined {
  if (text === '' || text.length > 255 || /[\s/?#@\\%]/.test(text)) return undefined;
  const hostname = URL.parse(`http://${text}:1/`)?.hostname;
  if (hostname === undefined || hostname === '') return undefined;
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return name.length <= 253 && NAME.test(name) ? name : undefined;
}

/** Reads `host:port` or `[v6]:port`. Without a port: the default, where there is one. */
export function parseHostAndPort(text: string, defaultPort?: number): HostAndPort | undefined {
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const host = normaliseHost(match[1] ?? '');
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** The spelling by which hosts are compared: `host:port`, `[v6]:port`. */
export function hostKey({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
