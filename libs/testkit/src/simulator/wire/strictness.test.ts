import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WireFormatName } from '../options/simulator-options.ts';
import type { Simulator } from '../simulator.ts';
import { startSimulator } from '../start-simulator.ts';
import { exchange } from '../testing/raw-exchange.ts';
import { SIMULATED_ENCRYPTION } from './openai-responses/encrypted-content.ts';

/** A good request of a format; what is wrong with a bad one is merged into its body. */
interface Good {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const BEARER = { ...JSON_TYPE, authorization: 'Bearer key' };
const user = (content: unknown) => ({ role: 'user', content });
const model = 'simulated-large';

const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const result = { type: 'function_call_output', call_id: 'c', output: 'x' };
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: SIMULATED_ENCRYPTION };

const GOOD = {
  'openai-responses': { path: '/v1/responses', headers: BEARER, body: { model, input: 'hello' } },
  'ollama-native': {
    path: '/api/chat',
    headers: BEARER,
    body: { model, stream: false, messages: [user('hello')] },
  },
  'azure-openai': {
    path: '/openai/v1/chat/completions',
    headers: { ...JSON_TYPE, 'api-key': 'key' },
    body: { model, messages: [user('hello')] },
  },
  'azure-openai-deployments': {
    path: `/openai/deployments/${model}/chat/completions?api-version=2024-10-21`,
    headers: { ...JSON_TYPE, 'api-key': 'key' },
    body: { messages: [user('hello')] },
  },
} satisfies Partial<Record<WireFormatName, Good>>;

type Format = keyof typeof GOOD;
type Case = readonly [format: Format, name: string, wrong: object, status: number, message: RegExp];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    providers: (Object.keys(GOOD) as Format[]).map((format) => ({
      name: format,
      format,
      apiKeys: ['key'],
      models: [{ name: model }, { name: 'plain', reasoning: 'never' }, { name: 'tiny', contextTokens: 4 }],
    })),
  });
});
afterAll(() => simulator.close());

async function send(format: Format, { wrong = {}, ...sent }: { wrong?: object } & Partial<Good> = {}) {
  const good: Good = GOOD[format];
  const baseUrl = simulator.providers[format]?.baseUrl as string;
  return exchange(baseUrl, { ...good, body: { ...good.body, ...wrong }, ...sent });
}

test.each(Object.keys(GOOD) as Format[])(
  '%s: a good request, no key, and an address that is not there',
  async (format) => {
    expect((await send(format)).status).toBe(200);
    expect((await send(format, { headers: JSON_TYPE })).status).toBe(401);
    expect((await send(format, { path: '/nowhere' })).status).toBe(404);
  },
);

const CASES: readonly Case[] = [
  ['openai-responses', 'no input', { input: undefined }, 400, /Missing required parameter: 'input'/],
  ['openai-responses', 'a limit below 16', { max_output_tokens: 15 }, 400, /integer_below_min_value/],
  ['openai-responses', 'a field of another API', { max_tokens: 20 }, 400, /Unknown parameter: 'max_tokens'/],
  ['openai-responses', 'stop texts', { stop: ['a'] }, 400, /Unknown parameter: 'stop'/],
  [
    'openai-responses',
    'what a user cannot say',
    { input: [user([{ type: 'output_text', text: 'x' }])] },
    400,
    /Supported values are: 'input_text'/,
  ],
  [
    'openai-responses',
    'a result without its call',
    { input: [user('x'), result] },
    400,
    /No tool call found/,
  ],
  [
    'openai-responses',
    'a call without its result',
    { input: [user('x'), call] },
    400,
    /No tool output found/,
  ],
  [
    'openai-responses',
    'reasoning of another provider',
    { input: [user('x'), { ...reasoning, encrypted_content: 'gAAA' }, call, result] },
    400,
    /invalid_encrypted_content/,
  ],
  [
    'openai-responses',
    'reasoning without what it led to',
    { input: [reasoning, user('x')] },
    400,
    /without its required following item/,
  ],
  [
    'openai-responses',
    'a tool that does not say whether it is strict',
    { tools: [{ type: 'function', name: 'f', parameters: {} }] },
    400,
    /Missing required parameter: 'tools\[0\].strict'/,
  ],
  [
    'openai-responses',
    'JSON that is not spoken of',
    { text: { format: { type: 'json_object' } } },
    400,
    /word 'json'/,
  ],
  ['openai-responses', 'state at the provider', { previous_response_id: 'resp_1' }, 400, /not simulated/],
  ['openai-responses', 'a model that is not there', { model: 'nobody' }, 404, /model_not_found/],
  ['ollama-native', 'no model', { model: '' }, 400, /model/],
  ['ollama-native', 'an unknown role', { messages: [{ role: 'developer', content: 'x' }] }, 400, /role/],
  ['ollama-native', 'content as a list', { messages: [user([{ type: 'text', text: 'x' }])] }, 400, /content/],
  [
    'ollama-native',
    'a picture as a URL',
    { messages: [{ ...user('x'), images: ['https://a/b'] }] },
    400,
    /images/,
  ],
  ['ollama-native', 'an unknown format', { format: 'yaml' }, 400, /format/],
  ['ollama-native', 'an unknown level', { think: 'some' }, 400, /think/],
  [
    'ollama-native',
    'thinking where there is none',
    { model: 'plain', think: true },
    400,
    /does not support thinking/,
  ],
  ['ollama-native', 'a field of another API', { max_tokens: 5 }, 400, /max_tokens/],
  ['ollama-native', 'a prompt that does not fit', { model: 'tiny' }, 400, /exceeds the context length/],
  ['ollama-native', 'a model that is not there', { model: 'nobody' }, 404, /not found/],
];

test('azure-openai-deployments has no address without a version, and takes a token for a key', async () => {
  const path = `/openai/deployments/${model}/chat/completions`;
  expect((await send('azure-openai-deployments', { path })).status).toBe(404);
  expect((await send('azure-openai', { headers: BEARER })).status).toBe(200);
});

test.each(CASES)('%s refuses %s', async (format, _, wrong, status, message) => {
  const seen = await send(format, { wrong });
  expect(seen.status).toBe(status);
  expect(seen.text).toMatch(message);
});
