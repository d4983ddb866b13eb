import { err, ok, type Result } from '@switchyard/kernel';

const MAX_HEADERS = 64;
const MAX_VALUE_LENGTH = 8_192;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,128}$/;

/** What a caller may not say, and why. Names that begin with an entry that ends in `-` are meant with it. */
const FORBIDDEN: readonly string[] = [
  // Who calls is the connector's to say.
  'authorization',
  'proxy-',
  'cookie',
  // Where it goes and how it is framed is ours (RFC 9110 §7.6.1, RFC 9112).
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'http2-settings',
  // Compressed answers could not be bounded or searched for secrets.
  'accept-encoding',
  // Some servers take another path, method or caller from these.
  'forwarded',
  'x-forwarded-',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-',
  'via',
  'x-original-',
  'x-rewrite-',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];

/** Whether a name is a header name that a connector may put its API key into. */
export function isCredentialHeader(name: string): boolean {
  if (name === 'authorization') return true;
  return NAME.test(name) && !isForbidden(name);
}

/** Servers that hand headers on as variables (CGI, WSGI, PHP) read an underscore as a hyphen. */
function isForbidden(name: string): boolean {
  const read = name.replaceAll('_', '-');
  return FORBIDDEN.some((entry) => (entry.endsWith('-') ? read.startsWith(entry) : read === entry));
}

/**
 * Checks a caller's headers.
 *
 * @param credentialHeader lower case; not the caller's to set either
 * @returns the headers with lower-case names, or what is wrong with which
 */
export function parseCallHeaders(
  value: unknown,
  credentialHeader: string,
): Result<Readonly<Record<string, string>>, { readonly name: string; readonly problem: string }> {
  if (value === undefined) return ok({});
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return err({ name: '', problem: 'must be an object of texts' });
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_HEADERS) return err({ name: '', problem: `has more than ${MAX_HEADERS} entries` });
  const headers: Record<string, string> = {};
  for (const [given, text] of entries) {
    const name = given.toLowerCase();
    const problem = problemOf(name, text);
    if (problem !== undefined) return err({ name: given, problem });
    if (name === credentialHeader) return err({ name: given, problem: 'is set by the connector' });
    if (Object.hasOwn(headers, name)) return err({ name: given, problem: 'is given twice' });
    headers[name] = text as string;
  }
  return ok(headers);
}

function problemOf(name: string, text: unknown): string | undefined {
  if (!NAME.test(name)) return 'is not a header name';
  if (isForbidden(name)) return 'may not be set by callers';
  if (typeof text !== 'string') return 'must be a text';
  if (text.length > MAX_VALUE_LENGTH) return `is longer than ${MAX_VALUE_LENGTH} characters`;
  return /^[\t\x20-\x7e]*$/.test(text) ? undefined : 'must be printable ASCII';
}
