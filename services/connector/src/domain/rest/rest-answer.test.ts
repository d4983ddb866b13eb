import { describe, expect, test } from 'vitest';
import { secretForms } from '../redact-secret.ts';
import { encodeRestAnswer } from './rest-answer.ts';

const answer = { status: 200, headers: { 'content-type': 'application/json' }, truncated: false };
const encode = (body: Buffer | string, more: object = {}, forms: readonly string[] = []) =>
  JSON.parse(encodeRestAnswer({ ...answer, body: Buffer.from(body as string), ...more }, forms)) as Record<
    string,
    unknown
  >;

test('JSON is given as JSON, every digit kept', () => {
  const text = encodeRestAnswer({ ...answer, body: Buffer.from('{"id":12345678901234567890,"x":1.5}') }, []);
  expect(text).toContain('"body":{"id":12345678901234567890,"x":1.5}');
  expect(text).toContain('"body_encoding":"json"');
});

test.each([
  ['JSON that is cut', '{"a":', { truncated: true }],
  ['JSON that is none', '{"a":', {}],
  ['JSON that is too deep', '['.repeat(100) + ']'.repeat(100), {}],
  ['another content type', '{"a":1}', { headers: { 'content-type': 'text/plain' } }],
])('%s is given as text', (_what, body, more) => {
  expect(encode(body, more)).toMatchObject({ body, body_encoding: 'text' });
});

test('bytes that are no text are given as base64', () => {
  const bytes = Buffer.from([0xff, 0xd8, 0x00, 0x10]);
  expect(encode(bytes, { body: bytes })).toMatchObject({ body: '/9gAEA==', body_encoding: 'base64' });
});

test('a character that the limit cut apart is left out', () => {
  const cut = Buffer.from('aé').subarray(0, 2);
  expect(encode('', { body: cut, truncated: true })).toMatchObject({ body: 'a', body_encoding: 'text' });
});

test('headers of the connection and cookies are withheld', () => {
  const headers = {
    'set-cookie': ['session=1'],
    connection: 'close',
    'x-a': ['1', '2'],
    'content-type': 'text/plain',
  };
  expect(encode('', { headers }).headers).toEqual({ 'x-a': '1, 2', 'content-type': 'text/plain' });
});

describe('a credential that comes back is replaced', () => {
  const forms = secretForms({ kind: 'basic', user: 'ann', password: 'pa$$ w"ord/1' });
  const base64 = Buffer.from('ann:pa$$ w"ord/1').toString('base64');

  test.each([
    ['in JSON', '{"auth":"Basic BASE64"}', {}],
    ['in JSON, escaped', '{"p":"pa$$ w\\"ord/1"}', {}],
    ['in JSON, by unicode escapes', '{"p":"\\u0070a$$ w\\"ord\\/1"}', {}],
    ['in a name', '{"pa$$ w\\"ord/1":1}', {}],
    ['in text', 'you sent Basic BASE64', { headers: {} }],
    ['percent-encoded', 'p=pa%24%24%20w%22ord%2F1', { headers: {} }],
    ['in a header', '', { headers: { 'x-echo': 'Basic BASE64' } }],
    ['in text that is cut inside it', 'auth: Basic BASE6', { headers: {}, truncated: true }],
  ])('%s', (_where, body, more) => {
    const fill = (text: string) => text.replaceAll('BASE64', base64).replaceAll('BASE6', base64.slice(0, -3));
    const filled = JSON.parse(fill(JSON.stringify({ headers: answer.headers, ...more })));
    const text = encodeRestAnswer({ ...answer, ...filled, body: Buffer.from(fill(body)) }, forms);
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(base64.slice(0, -3));
    expect(text).not.toMatch(/w\\*"ord/);
  });

  test('in bytes', () => {
    const body = Buffer.concat([Buffer.from([0xff]), Buffer.from(base64), Buffer.from([0xfe])]);
    const { body: encoded } = encode('', { body, headers: {} }, forms);
    expect(Buffer.from(encoded as string, 'base64').toString('latin1')).toBe('\xff[redacted]\xfe');
  });
});
