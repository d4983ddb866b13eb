import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ServerHandle, startNats } from '@switchyard/testkit/servers';
import { testCertificate } from '@switchyard/testkit/test-certificate';
import { afterAll, beforeAll, expect, test } from 'vitest';

const START_TIMEOUT_MS = 300_000;
const FIXTURE = fileURLToPath(new URL('./fixture/try-bus.ts', import.meta.url));
const run = promisify(execFile);

const { certFile, keyFile, caFile } = testCertificate;
let secure: ServerHandle;
let plain: ServerHandle;

beforeAll(async () => {
  const config = { tls: { cert_file: certFile, key_file: keyFile } };
  // Not from an image: the files of the certificate are not in a container.
  secure = await startNats({ config, sources: ['path', 'package', 'download'] });
  plain = await startNats();
}, START_TIMEOUT_MS);
afterAll(async () => {
  await secure[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

interface Attempt {
  readonly server: ServerHandle;
  readonly scheme: 'nats' | 'tls';
  readonly host?: string;
  /** Certificates that the process trusts beside the usual ones. */
  readonly extraCa?: string;
}

/** Connects from a process of its own. @returns what it logged */
async function log({ server, scheme, host = 'localhost', extraCa }: Attempt): Promise<string> {
  const url = `${scheme}://${host}:${new URL(server.url).port}`;
  const env = extraCa === undefined ? {} : { NODE_EXTRA_CA_CERTS: extraCa };
  const { stdout } = await run(process.execPath, [FIXTURE, url], { env, timeout: 20_000 });
  return stdout;
}

test('tls:// connects to a server whose certificate is of an authority in NODE_EXTRA_CA_CERTS', async () => {
  expect(await log({ server: secure, scheme: 'tls', extraCa: caFile })).toContain('connected to the bus');
});

test('tls:// never connects to a server without TLS, and says why', async () => {
  const text = await log({ server: plain, scheme: 'tls', extraCa: caFile });
  expect(text).not.toContain('connected to the bus');
  expect(text).toContain('the bus offers no TLS, which a tls:// URL asks for');
});

test.each([
  ['of an authority that nobody trusts', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['of another host', { host: '127.0.0.1', extraCa: caFile }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
] as const)('A33: tls:// refuses a certificate %s', async (_, how, code) => {
  const text = await log({ server: secure, scheme: 'tls', ...how });
  expect(text).not.toContain('connected to the bus');
  expect(text).toContain(code);
});

test('nats:// speaks without TLS to a server without it', async () => {
  expect(await log({ server: plain, scheme: 'nats' })).toContain('connected to the bus');
});
