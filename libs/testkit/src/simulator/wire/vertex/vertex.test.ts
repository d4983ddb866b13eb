import { generateKeyPairSync } from 'node:crypto';
import { GoogleGenAI } from '@google/genai';
import { JWT, OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../simulator.ts';
import { startSimulator } from '../../start-simulator.ts';
import { exchange } from '../../testing/raw-exchange.ts';

const EMAIL = 'a@p.iam.gserviceaccount.com';
const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const known = newKey();
const serviceAccounts = [{ clientEmail: EMAIL, publicKey: known.publicKey }];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'google', format: 'vertex-gemini', models: 'any', serviceAccounts },
      { name: 'claude', format: 'vertex-anthropic', models: 'any', serviceAccounts },
    ],
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const baseUrl = (provider = 'google'): string => simulator.providers[provider]?.baseUrl as string;

/** The access token that Google's own library gets for a service account, from the simulator in Google's place. */
async function tokenFor(key: string, provider = 'google'): Promise<string> {
  const client = new JWT({ email: EMAIL, key, scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
  client.transporter.interceptors.request.add({
    resolved: async (options) => {
      options.url = new URL(`${baseUrl(provider)}/token`);
      return options;
    },
  });
  const { access_token } = await client.authorize();
  return access_token as string;
}

function genai(token: string): GoogleGenAI {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: token, expiry_date: Date.now() + 600_000 });
  return new GoogleGenAI({
    vertexai: true,
    project: 'p',
    location: 'eu',
    apiVersion: 'v1',
    googleAuthOptions: { authClient },
    httpOptions: { baseUrl: baseUrl() },
  });
}

test("Google's library exchanges a service account's key, and Google's client is answered with the token", async () => {
  const ai = genai(await tokenFor(known.privateKey));
  const asked = { model: 'gemini-2.5-flash', contents: 'hello' };
  const whole = await ai.models.generateContent(asked);
  expect(whole.text).toMatch(/^Simulated answer:/);
  let streamed = '';
  for await (const chunk of await ai.models.generateContentStream(asked)) streamed += chunk.text ?? '';
  expect(streamed).toBe(whole.text);
});

test('an assertion of another key is refused, and so are tokens that were not given out here', async () => {
  await expect(tokenFor(newKey().privateKey)).rejects.toThrow(/invalid_grant|Invalid JWT Signature/);
  const refused = genai('ya29.invented').models.generateContent({ model: 'm', contents: 'hello' });
  await expect(refused).rejects.toMatchObject({ status: 401 });
});

const CLAUDE = '/v1/projects/p/locations/eu/publishers/anthropic/models/claude-sonnet-4-5@20250929';
const BODY = {
  anthropic_version: 'vertex-2023-10-16',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hello' }],
};

async function askClaude(more: object = {}, call = 'rawPredict') {
  const authorization = `Bearer ${await tokenFor(known.privateKey, 'claude')}`;
  const headers = { 'content-type': 'application/json', authorization };
  return exchange(baseUrl('claude'), { path: `${CLAUDE}:${call}`, headers, body: { ...BODY, ...more } });
}

test('Claude answers by rawPredict, and streams by streamRawPredict', async () => {
  const whole = await askClaude();
  expect([whole.status, whole.text]).toEqual([200, expect.stringContaining('Simulated answer:')]);
  const streamed = await askClaude({ stream: true }, 'streamRawPredict');
  expect([streamed.status, streamed.text]).toEqual([200, expect.stringContaining('event: message_stop')]);
});

test.each([
  ['a version of the other address', { anthropic_version: '2023-06-01' }, /anthropic_version/],
  ['a model in the body', { model: 'claude' }, /model: Extra inputs/],
  ['a stream by rawPredict', { stream: true }, /stream: must be true/],
])('Claude refuses %s', async (_name, wrong, message) => {
  const { status, text } = await askClaude(wrong);
  expect([status, text]).toEqual([400, expect.stringMatching(message)]);
});
