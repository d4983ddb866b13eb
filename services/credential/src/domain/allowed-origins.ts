import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';

/** Most origins of one secret. */
export const MAX_ORIGINS = 32;
/** Most characters of one: scheme, a host name of 253 characters (RFC 1035) and a port. */
const MAX_ORIGIN_CHARS = 280;

/** Scheme, host and port, and nothing else: URL parsers mend and drop too much to be the only judge. */
const SHAPE = /^(https?|postgresql|smtps?):\/\/[^\s/\\?#@*%|,]+\/?$/i;

/**
 * An origin in its one spelling: lower case, punycode, without the scheme's own port and without a final slash.
 *
 * @returns the origin, or what is wrong with the text
 */
export function normalizeOrigin(text: string): Result<string, string> {
  if (text.length > MAX_ORIGIN_CHARS) return err(`must have at most ${MAX_ORIGIN_CHARS} characters`);
  const scheme = SHAPE.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return err(NOT_AN_ORIGIN);
  // The WHATWG parser brings hosts to one spelling only for the schemes it knows; it drops the port of the one it reads.
  const defaultPort = DEFAULT_PORTS.get(scheme);
  const url = URL.parse(defaultPort === undefined ? text : `http${text.slice(scheme.length)}`);
  if (url === null || url.hostname === '') return err(NOT_AN_ORIGIN);
  if (defaultPort === undefined) return ok(url.origin);
  const port = Number(/:(\d+)\/?$/.exec(text)?.[1] ?? defaultPort);
  return ok(`${scheme}://${url.hostname}:${port}`);
}

/** Of the schemes that the parser does not know. */
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['postgresql', 5432],
  ['smtp', 587],
  ['smtps', 465],
]);
const NOT_AN_ORIGIN =
  'must be an origin such as https://api.openai.com: http, https, postgresql, smtp or smtps, host, port, and no path';

/** Origins in their one spelling, each once, in order of the alphabet; or what is wrong with which. */
export function normalizeOrigins(texts: readonly string[]): Result<readonly string[], FieldViolation> {
  if (texts.length > MAX_ORIGINS) {
    return err({ field: 'allowed_origins', description: `must have at most ${MAX_ORIGINS} entries` });
  }
  const origins = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const origin = normalizeOrigin(text);
    if (!origin.ok) return err({ field: `allowed_origins[${index}]`, description: origin.error });
    origins.add(origin.value);
  }
  return ok([...origins].sort());
}
