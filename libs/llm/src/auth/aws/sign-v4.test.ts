import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { signerOf } from './sign-v4.ts';

interface SuiteCase {
  readonly name: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly sessionToken?: string;
  readonly signature: string;
}

const SUITE: readonly SuiteCase[] = JSON.parse(
  readFileSync(new URL('./fixtures/sigv4-test-suite.json', import.meta.url), 'utf8'),
);
const SUITE_TIME_MS = Date.UTC(2015, 7, 30, 12, 36);
const SUITE_KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const SUITE_SCOPE = { region: 'us-east-1', service: 'service' };

test.each(SUITE)("AWS's test suite: $name", ({ sessionToken, query, signature, ...request }) => {
  const sign = signerOf({ ...SUITE_KEY, sessionToken }, SUITE_SCOPE);
  const headers = sign({ ...request, query, wallMs: SUITE_TIME_MS });
  expect(headers).toMatchObject({
    authorization: expect.stringMatching(new RegExp(`, Signature=${signature}$`)),
    'x-amz-date': '20150830T123600Z',
  });
  expect(headers['x-amz-security-token']).toBe(sessionToken);
});

const HELLO = {
  method: 'POST',
  host: 'bedrock-runtime.eu-central-1.amazonaws.com',
  path: '/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse',
  query: undefined,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  wallMs: SUITE_TIME_MS,
};
const sign = signerOf({ ...SUITE_KEY, sessionToken: undefined }, SUITE_SCOPE);

test('the scope and the signed headers are told', () => {
  expect(sign(HELLO).authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
});

test('everything that is sent is under the signature, and another day has another key', () => {
  const changed = [
    HELLO,
    { ...HELLO, method: 'PUT' },
    { ...HELLO, host: 'example.com' },
    { ...HELLO, path: '/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse' },
    { ...HELLO, query: 'a=b' },
    { ...HELLO, headers: { 'content-type': 'text/plain' } },
    { ...HELLO, body: '{ }' },
    { ...HELLO, wallMs: SUITE_TIME_MS + 1_000 },
    { ...HELLO, wallMs: SUITE_TIME_MS + 86_400_000 },
  ].map((request) => sign(request).authorization?.slice(-64));
  expect(new Set(changed).size).toBe(changed.length);
  expect(sign(HELLO).authorization).toContain(changed[0]);
});
