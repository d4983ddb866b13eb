import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

/** TLS 1.3, verified for the name that was asked for, whatever the environment says. */
export function tlsOptions(host: string, extraCa: string | undefined) {
  return {
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
    // An address is verified too, but is never sent as a server name (RFC 6066 §3).
    servername: isIP(host) === 0 ? host : '',
    ...(extraCa === undefined ? {} : { ca: [...rootCertificates, extraCa] }),
  } as const;
}
