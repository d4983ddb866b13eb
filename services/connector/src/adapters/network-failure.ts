/** Codes by which Node tells that TLS did not come about. Source: OpenSSL's X509_V_ERR names and Node's ERR_TLS_… */
const TLS =
  /^(?:ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO)/;
/** Codes by which undici tells that an answer is not as HTTP wants it. */
const MALFORMED = /^UND_ERR_(?:HEADERS_OVERFLOW|RES)/;

/** The reason behind an error of the network; undefined where it is none. */
export function reasonOfNetworkError(
  error: unknown,
): 'TARGET_UNTRUSTED' | 'TARGET_MALFORMED' | 'TARGET_UNAVAILABLE' | undefined {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'HTTPParserError') return 'TARGET_MALFORMED';
  if (typeof code !== 'string') return error instanceof AggregateError ? 'TARGET_UNAVAILABLE' : undefined;
  if (TLS.test(code)) return 'TARGET_UNTRUSTED';
  if (MALFORMED.test(code)) return 'TARGET_MALFORMED';
  return /^(?:E[A-Z]+|UND_ERR_(?:SOCKET|CLOSED|DESTROYED|ABORTED|.*TIMEOUT))$/.test(code)
    ? 'TARGET_UNAVAILABLE'
    : undefined;
}
