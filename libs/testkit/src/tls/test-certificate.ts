import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A certificate for tests of TLS: of `localhost` and `named.test`, no addresses, signed by an authority that nobody trusts by itself. */
export const testCertificate = {
  /** Path of the certificate, in PEM. */
  certFile: path('server.pem'),
  /** Path of its key, in PEM; made for these tests only. */
  keyFile: path('server-key.pem'),
  /** Path of the certificate of the authority that signed it, in PEM. */
  caFile: path('ca.pem'),
  /** Certificate and key as Node's servers take them. */
  serverOptions: () => ({
    cert: readFileSync(path('server.pem'), 'utf8'),
    key: readFileSync(path('server-key.pem'), 'utf8'),
  }),
} as const;
