import { createVerify, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readKey, type TokenGrant } from '@switchyard/llm';
import { createLogger, parseNamedHosts } from '@switchyard/service-kit';
import { testCertificate } from '@switchyard/testkit/test-certificate';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AccessTokens } from '../src/adapters/access-tokens.ts';
import { namedHostRules } from '../src/transport/named-host-rules.ts';
import { ProviderTransport } from '../src/transport/provider-transport.ts';
import { offering } from './domain/offerings.ts';
import { bearer } from './support/ready-keys.ts';

const HOUR_MS = 3_600_000;
const log = createLogger({ service: 'test', level: 'silent' });
const { provider } = offering({ provider: 'p' });
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const trusted = getCACertificates('default');

let server: Server;
let answer: RequestListener;
/** The forms that the token server got. */
let forms: URLSearchParams[];
let transport: ProviderTransport;
let tokens: AccessTokens;
let nowMs: number;

beforeAll(async () => {
  setDefaultCACertificates([...trusted, readFileSync(testCertificate.caFile, 'utf8')]);
  server = createServer(testCertificate.serverOptions(), (request, response) => {
    let form = '';
    request.on('data', (chunk) => {
      form += String(chunk);
    });
    request.on('end', () => {
      forms.push(new URLSearchParams(form));
      answer(request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(() => {
  forms = [];
  nowMs = 0;
  answer = (_request, response) =>
    response.end(JSON.stringify({ access_token: `token-${forms.length}`, expires_in: 3_600 }));
  transport = new ProviderTransport({
    hosts: namedHostRules(parseNamedHosts([], 'optional').named),
    resolve: async () => ['127.0.0.1'],
  });
  tokens = new AccessTokens({ transport, clock: { wallMs: () => nowMs, monotonicMs: () => nowMs }, log });
});
afterEach(() => transport.close());
afterAll(() => {
  setDefaultCACertificates(trusted);
  server.close();
  server.closeAllConnections();
});

function grantAt(origin: string): TokenGrant {
  const fields = {
    client_email: 'a@p.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${origin}/token`,
  };
  const key = readKey({ style: 'google-oauth', secret: JSON.stringify(fields), host: 'example.com' });
  if (!key.ok || key.value.kind !== 'token') throw new Error('no grant');
  return key.value.grant;
}
const port = (): number => (server.address() as AddressInfo).port;
const grant = (): TokenGrant => grantAt(`https://named.test:${port()}`);

test('a token is asked for once, by a form that the key signed, however many wait for it', async () => {
  const asked = [1, 2, 3].map(() => tokens.get(grant(), provider));
  expect(tokens.stateOf(grant())).toBe('unknown');
  expect(await Promise.all(asked)).toEqual([1, 2, 3].map(() => bearer('token-1')));
  expect(forms).toHaveLength(1);
  const [header, claims, signature = ''] = (forms[0]?.get('assertion') ?? '').split('.');
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
  expect(tokens.stateOf(grant())).toBe('ready');
  expect(tokens.get(grant(), { ...provider, id: 'another' })).toEqual(bearer('token-1'));
});

test('a new one is asked for at half of its life, while it serves on: no request waits', async () => {
  await tokens.get(grant(), provider);
  nowMs = HOUR_MS / 2 - 1;
  expect(tokens.get(grant(), provider)).toEqual(bearer('token-1'));
  nowMs = HOUR_MS / 2;
  expect(tokens.get(grant(), provider)).toEqual(bearer('token-1'));
  await expect.poll(() => tokens.get(grant(), provider)).toEqual(bearer('token-2'));
  expect(forms).toHaveLength(2);
});

test('while the token server fails the token serves to its end, and is asked for every two seconds at most', async () => {
  await tokens.get(grant(), provider);
  answer = (_request, response) => response.writeHead(503).end();
  nowMs = HOUR_MS / 2;
  for (let i = 0; i < 5; i++) expect(tokens.get(grant(), provider)).toEqual(bearer('token-1'));
  expect(tokens.problemOf(grant())).toBe(undefined);
  await expect.poll(() => forms).toHaveLength(2);
  nowMs = HOUR_MS;
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(tokens.problemOf(grant())).toBe('its token server answered 503');
});

test('a refusal is told by its code, and asked again after two seconds', async () => {
  answer = (_request, response) =>
    response.writeHead(400).end('{"error":"invalid_grant","error_description":"Invalid JWT Signature."}');
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(tokens.stateOf(grant())).toBe('missing');
  expect(tokens.problemOf(grant())).toBe('its token server answered 400 invalid_grant');
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(forms).toHaveLength(1);
  nowMs = 2_000;
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(forms).toHaveLength(2);
});

test('a redirect is not followed', async () => {
  answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect([forms.length, tokens.problemOf(grant())]).toEqual([1, 'its token server answered 302']);
});

test('an answer without end is not read to its end', async () => {
  answer = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(8_192)));
    };
    response.on('drain', more);
    more();
  };
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(tokens.problemOf(grant())).toBe(`its token server at named.test:${port()} cannot be reached`);
});

test('a token server that hangs has failed after five seconds', async () => {
  answer = () => undefined;
  expect(await tokens.get(grant(), provider)).toBe(undefined);
  expect(tokens.problemOf(grant())).toBe(`its token server at named.test:${port()} did not answer in time`);
}, 30_000);

test('nothing is sent to a server that is not who it should be, in plain text, or inside for a tenant', async () => {
  const stranger = grantAt(`https://stranger.test:${port()}`);
  expect(await tokens.get(stranger, provider)).toBe(undefined);
  const plain = grantAt(`http://named.test:${port()}`);
  expect(await tokens.get(plain, provider)).toBe(undefined);
  expect(tokens.problemOf(plain)).toContain('plain http to its token server');
  expect(await tokens.get(grant(), { ...provider, tenant: 't1' })).toBe(undefined);
  expect(forms).toEqual([]);
});
