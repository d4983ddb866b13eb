/** Codes by which Node tells that TLS did not come about. Source: OpenSSL's X509_V_ERR names and Node's ERR_TLS_… */
const TLS =
  /^(?:ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO)/;
/** Codes by which undici and its parser tell that an answer is no HTTP. */
const MALFORMED = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES)/;

/** The reason behind an error of the network; undefined where it is none. */
export function reasonOfNetworkError(
  error: unknown,
): 'TARGET_UNTRUSTED' | 'TARGET_MALFORMED' | 'TARGET_UNAVAILABLE' | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error instanceof AggregateError ? 'TARGET_UNAVAILABLE' : undefined;
  if (TLS.test(code)) return 'TARGET_UNTRUSTED';
  if (MALFORMED.test(code)) return 'TARGET_MALFORMED';
  return /^(?:E[A-Z]+|UND_ERR_(?:SOCKET|CLOSED|DESTROYED|ABORTED|.*TIMEOUT))$/.test(code)
    ? 'TARGET_UNAVAILABLE'
    : undefined;
}
