import { err, hostKey, ok, parseHostAndPort, type Result } from '@switchyard/kernel';

/** Where an API is. */
export interface RestEndpoint {
  readonly scheme: 'https' | 'http';
  readonly host: string;
  readonly port: number;
  /** Path that every call stays below: '' or `/a/b`, percent-encoded, without a final slash. */
  readonly basePath: string;
}

/** Where a database is. */
export interface PostgresEndpoint {
  readonly scheme: 'postgresql';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** What `?sslmode=` says; undefined: TLS unless the operator named the host. */
  readonly sslMode: 'verify-full' | 'disable' | undefined;
}

export type Endpoint = RestEndpoint | PostgresEndpoint;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { https: 443, http: 80, postgresql: 5432 };
const MAX_LENGTH = 2_048;

/** Scheme, host and port in one spelling: what a secret's allowed origins are compared by. The port is always written. */
export function originKey(endpoint: Pick<Endpoint, 'scheme' | 'host' | 'port'>): string {
  return `${endpoint.scheme}://${hostKey(endpoint)}`;
}

/** An allowed origin of a secret (`scheme://host[:port]`) in the spelling of {@link originKey}; undefined where it is none. */
export function parseOriginKey(text: string): string | undefined {
  const match = /^([a-z]{1,16}):\/\/([^/]+)\/?$/.exec(text.toLowerCase());
  const scheme = match?.[1] ?? '';
  const parsed = parseHostAndPort(match?.[2] ?? '', DEFAULT_PORTS[scheme]);
  return parsed && `${scheme}://${hostKey(parsed)}`;
}

/** Reads `https://api.example.com/base`. @returns the endpoint, or what is wrong with it */
export function parseRestEndpoint(text: string): Result<RestEndpoint, string> {
  // A URL reader drops tabs and line ends and takes `\` for `/`: what was checked must be what is used.
  if (!isPlain(text)) return err('must be an https URL in plain ASCII without spaces or backslashes');
  const match = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?$/i.exec(text);
  if (match === null)
    return err('must be https://host[:port][/path], without a user, password, query or fragment');
  const scheme = match[1]?.toLowerCase() === 'http' ? 'http' : 'https';
  const parsed = parseHostAndPort(match[2] ?? '', DEFAULT_PORTS[scheme]);
  if (parsed === undefined)
    return err('has a host or port that cannot be read; a user or password is not allowed');
  const path = match[3] ?? '';
  const basePath = URL.parse(`http://h${path}`)?.pathname.replace(/\/+$/, '');
  if (basePath === undefined || basePath !== path.replace(/\/+$/, '')) {
    return err('has a path with dot segments or characters that are not percent-encoded');
  }
  return ok({ scheme, ...parsed, basePath });
}

/** Reads `postgresql://host[:port]/database[?sslmode=verify-full]`. @returns the endpoint, or what is wrong with it */
export function parsePostgresEndpoint(text: string): Result<PostgresEndpoint, string> {
  if (!isPlain(text)) return err('must be a postgresql URL in plain ASCII without spaces or backslashes');
  const match = /^postgres(?:ql)?:\/\/([^/?#]+)\/([^/?#]+)(?:\?sslmode=(verify-full|disable))?$/i.exec(text);
  if (match === null) {
    return err(
      'must be postgresql://host[:port]/database, without a user or password; the only option is ?sslmode=verify-full or disable',
    );
  }
  const parsed = parseHostAndPort(match[1] ?? '', DEFAULT_PORTS.postgresql);
  if (parsed === undefined)
    return err('has a host or port that cannot be read; a user or password is not allowed');
  const database = decode(match[2] ?? '');
  // PostgreSQL cuts names at 63 bytes.
  if (database === undefined || Buffer.byteLength(database) > 63 || /\p{Cc}/u.test(database)) {
    return err('has a database name that cannot be read or is longer than 63 bytes');
  }
  const mode = match[3]?.toLowerCase();
  const sslMode = mode === 'verify-full' || mode === 'disable' ? mode : undefined;
  return ok({ scheme: 'postgresql', ...parsed, database, sslMode });
}

function isPlain(text: string): boolean {
  return text.length <= MAX_LENGTH && /^[\x21-\x5b\x5d-\x7e]+$/.test(text);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
