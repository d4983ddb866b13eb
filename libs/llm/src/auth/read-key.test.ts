import { expect, test } from 'vitest';
import type { AuthStyle } from './auth-style.ts';
import { readKey } from './read-key.ts';

const BEDROCK = 'bedrock-runtime.eu-central-1.amazonaws.com';
const AWS = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG' };
const awsKey = (fields: object, host = BEDROCK) =>
  readKey({ style: 'aws-sigv4', secret: JSON.stringify(fields), host });

test.each<[AuthStyle, object]>([
  ['bearer', { authorization: 'Bearer key-1' }],
  ['x-api-key', { 'x-api-key': 'key-1' }],
  ['api-key', { 'api-key': 'key-1' }],
  ['x-goog-api-key', { 'x-goog-api-key': 'key-1' }],
])('%s: the headers are made once', (style, headers) => {
  expect(readKey({ style, secret: 'key-1', host: 'example.com' })).toEqual({
    ok: true,
    value: { kind: 'fixed', headers, secrets: ['key-1'] },
  });
});

test('a provider without a key is shown none, whatever the secret holds', () => {
  expect(readKey({ style: 'none', secret: 'key-1', host: 'example.com' })).toEqual({
    ok: true,
    value: { kind: 'fixed', headers: {}, secrets: [] },
  });
});

test.each(['', 'two\nlines', 'Schlüssel'])('a key that cannot stand in a header is refused: %j', (secret) => {
  const read = readKey({ style: 'bearer', secret, host: 'example.com' });
  expect(read).toMatchObject({ ok: false, error: { description: expect.stringContaining('one line') } });
});

test.each([
  [BEDROCK, 'eu-central-1'],
  ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['vpce-0a1b2c-3d4e.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'us-east-1'],
  ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['proxy.example.com', 'ap-south-1'],
  ['evil-bedrock-runtime.eu-central-1.amazonaws.com.example.com', 'ap-south-1'],
])('the region of %s is %s', (host, region) => {
  const read = awsKey({ ...AWS, region: 'ap-south-1' }, host);
  if (!read.ok || read.value.kind !== 'signed') throw new Error('no signer');
  const request = { method: 'POST', host, path: '/', query: undefined, headers: {}, body: '', wallMs: 0 };
  expect(read.value.sign(request).authorization).toContain(`/19700101/${region}/bedrock/aws4_request,`);
});

test('every part of a secret is one, the longest first', () => {
  const read = awsKey({ ...AWS, session_token: 'a-token-that-is-longer-than-the-rest' });
  expect(read.ok && read.value.secrets).toEqual([
    'a-token-that-is-longer-than-the-rest',
    AWS.secret_access_key,
    AWS.access_key_id,
  ]);
});

test.each([
  ['not JSON', 'AKIDEXAMPLE', 'it must be a JSON object with access_key_id, secret_access_key'],
  ['a field missing', { access_key_id: 'AKIDEXAMPLE' }, 'secret_access_key is missing'],
  ['an empty field', { ...AWS, access_key_id: '' }, 'access_key_id is missing'],
  ['a field of another type', { ...AWS, access_key_id: 7 }, 'access_key_id must be a text'],
  ['an id that is none', { ...AWS, access_key_id: 'a b' }, 'access_key_id is no id'],
  ['a token in two lines', { ...AWS, session_token: 'a\nb' }, 'session_token must be printable'],
  ['a field too many', { ...AWS, AKIAOTHERKEY: 'x' }, 'it has a field besides'],
])('%s is told by its field, without a value', (_name, fields, description) => {
  const secret = typeof fields === 'string' ? fields : JSON.stringify(fields);
  const read = readKey({ style: 'aws-sigv4', secret, host: BEDROCK });
  if (read.ok) throw new Error('was read');
  expect(read.error.description).toContain(description);
  expect(read.error.description).not.toMatch(/wJalr|AKID|AKIA/);
});

test('without a region in the address or in the secret nothing can be signed', () => {
  expect(awsKey(AWS, 'proxy.example.com')).toMatchObject({
    ok: false,
    error: { description: expect.stringContaining('region is missing') },
  });
});
