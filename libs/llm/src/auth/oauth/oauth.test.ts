import { createVerify, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { readKey } from '../read-key.ts';
import { readAccessToken } from './read-token.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ACCOUNT = {
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'k1',
  private_key: PEM,
  client_email: 'a@p.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};
const CLIENT = { tenant_id: 't-1', client_id: 'c-1', client_secret: 'a-secret~of.it' };
const WALL_MS = Date.UTC(2026, 10, 1);

const read = (style: 'google-oauth' | 'entra-bearer', fields: object | string) =>
  readKey({
    style,
    secret: typeof fields === 'string' ? fields : JSON.stringify(fields),
    host: 'example.com',
  });

function grantOf(style: 'google-oauth' | 'entra-bearer', fields: object) {
  const key = read(style, fields);
  if (!key.ok || key.value.kind !== 'token') throw new Error('no grant');
  return key.value.grant;
}

test('a service account asks Google by a JWT that its key signs', () => {
  const grant = grantOf('google-oauth', ACCOUNT);
  expect(grant.tokenUrl.href).toBe('https://oauth2.googleapis.com/token');
  const form = new URLSearchParams(grant.form(WALL_MS));
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const decoded = [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  expect(decoded).toEqual([
    { alg: 'RS256', typ: 'JWT', kid: 'k1' },
    {
      iss: ACCOUNT.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: ACCOUNT.token_uri,
      iat: WALL_MS / 1_000,
      exp: WALL_MS / 1_000 + 3_600,
    },
  ]);
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
});

test('an application asks Entra by its client secret, also in a national cloud', () => {
  const grant = grantOf('entra-bearer', CLIENT);
  expect(grant.tokenUrl.href).toBe('https://login.microsoftonline.com/t-1/oauth2/v2.0/token');
  expect(Object.fromEntries(new URLSearchParams(grant.form(WALL_MS)))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'c-1',
    client_secret: 'a-secret~of.it',
    scope: 'https://cognitiveservices.azure.com/.default',
  });
  const elsewhere = grantOf('entra-bearer', {
    ...CLIENT,
    authority_host: 'https://login.microsoftonline.us/',
  });
  expect(elsewhere.tokenUrl.href).toBe('https://login.microsoftonline.us/t-1/oauth2/v2.0/token');
});

test('grants of the same secret are the same, of others not', () => {
  const { id } = grantOf('entra-bearer', CLIENT);
  expect(grantOf('entra-bearer', CLIENT).id).toBe(id);
  expect(grantOf('entra-bearer', { ...CLIENT, client_secret: 'b' }).id).not.toBe(id);
});

test.each<['google-oauth' | 'entra-bearer', object | string, string]>([
  ['google-oauth', PEM, 'it must be a JSON object with client_email, private_key'],
  ['google-oauth', { ...ACCOUNT, client_email: undefined }, 'client_email is missing'],
  ['google-oauth', { ...ACCOUNT, private_key: 'a canary' }, 'private_key is no RSA key in PEM'],
  ['google-oauth', { ...ACCOUNT, token_uri: 'ftp://canary' }, 'token_uri is no https URL'],
  ['entra-bearer', { ...CLIENT, client_secret: '' }, 'client_secret is missing'],
  ['entra-bearer', { ...CLIENT, tenant_id: '../canary' }, 'tenant_id is no id of a tenant'],
  ['entra-bearer', { ...CLIENT, authority_host: 'canary' }, 'authority_host is no https URL'],
  ['entra-bearer', { ...CLIENT, canary: 'x' }, 'it has a field besides'],
])('%s: what is wrong is told by its field: %#', (style, fields, description) => {
  const key = read(style, fields);
  if (key.ok) throw new Error('was read');
  expect(key.error.description).toContain(description);
  expect(key.error.description).not.toMatch(/canary|BEGIN/);
});

test('a token is shown as a bearer, and is a secret', () => {
  const body = JSON.stringify({ access_token: 'ya29.abc', expires_in: 3_599, token_type: 'Bearer' });
  expect(readAccessToken({ status: 200, body })).toEqual({
    ok: true,
    value: {
      authorization: { kind: 'fixed', headers: { authorization: 'Bearer ya29.abc' }, secrets: ['ya29.abc'] },
      lifeMs: 3_599_000,
    },
  });
});

test.each([
  ['{"access_token":"a"}', 300_000],
  ['{"access_token":"a","expires_in":"1800"}', 1_800_000],
  ['{"access_token":"a","expires_in":-5}', 300_000],
  ['{"access_token":"a","expires_in":1e12}', 86_400_000],
])('how long it is good: %s', (body, lifeMs) => {
  expect(readAccessToken({ status: 200, body })).toMatchObject({ value: { lifeMs } });
});

test.each([
  [200, '{}', 'without an access token'],
  [200, '{"access_token":"a\\r\\nx: y"}', 'without an access token'],
  [
    400,
    '{"error":"invalid_grant","error_description":"canary"}',
    'its token server answered 400 invalid_grant',
  ],
  [502, '<html>canary</html>', 'its token server answered 502'],
])('%d %s is no token', (status, body, description) => {
  const token = readAccessToken({ status, body });
  if (token.ok) throw new Error('was read');
  expect(token.error.description).toContain(description);
  expect(token.error.description).not.toContain('canary');
});
