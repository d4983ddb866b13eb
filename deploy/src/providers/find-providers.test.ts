import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import type { Env } from '@switchyard/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../settings/free-port-plan.ts';
import { findProviders } from './find-providers.ts';
import { apiBaseUrl, LOCAL_SERVERS } from './local-servers.ts';

let ollama: Server;
let url = '';
/** Nobody listens there. */
let nowhere = '';

beforeAll(async () => {
  nowhere = `http://127.0.0.1:${(await freePorts(1))[0]}`;
  ollama = createServer((_, response) =>
    response.end('{"object":"list","data":[{"id":"llama3.2"},{"id":"qwen3"}]}'),
  );
  await new Promise<void>((resolve) => ollama.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(ollama.address() as AddressInfo).port}`;
});

afterAll(() => {
  ollama.closeAllConnections();
  ollama.close();
});

/** This machine's own ports are not looked at: what runs there is no business of a test. */
const find = (env: Env) => {
  const localServers = LOCAL_SERVERS.map((kind) => ({ ...kind, url: nowhere }));
  return findProviders({ env, catalog: bundledCatalog(), localServers });
};

it('finds nothing where there is nothing', async () => {
  expect(await find({})).toEqual({ providers: [], notes: [] });
});

it('finds providers by the variables that the catalog names, in either spelling', async () => {
  const { providers } = await find({ OPENAI_API_KEY: 'sk-1', GOOGLE_API_KEY: 'g-1', GROK_API_KEY: 'x-1' });
  expect(providers.map(({ id, key, source, baseUrl }) => ({ id, key, source, baseUrl }))).toEqual([
    { id: 'openai', key: 'sk-1', source: 'OPENAI_API_KEY', baseUrl: 'https://api.openai.com/v1' },
    {
      id: 'google',
      key: 'g-1',
      source: 'GOOGLE_API_KEY',
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    },
    { id: 'xai', key: 'x-1', source: 'GROK_API_KEY', baseUrl: 'https://api.x.ai/v1' },
  ]);
  expect(providers.every(({ priority, simulated }) => priority === 100 && !simulated)).toBe(true);
});

it('sends no key to an address that nobody checked by hand, whatever variables the catalog names for it', async () => {
  const env = {
    GITHUB_TOKEN: 'g',
    HF_TOKEN: 'h',
    AWS_ACCESS_KEY_ID: 'a',
    DASHSCOPE_API_KEY: 'd',
    ZHIPU_API_KEY: 'z',
  };
  const named = new Set(
    bundledCatalog()
      .providers()
      .flatMap(({ keyVariables }) => keyVariables),
  );
  expect(Object.keys(env).filter((name) => !named.has(name))).toEqual([]);
  expect((await find(env)).providers).toEqual([]);
});

it('takes a key from the file that a variable names, without its line end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-key-'));
  try {
    writeFileSync(join(folder, 'key'), 'sk-file\n');
    const { providers } = await find({ ANTHROPIC_API_KEY_FILE: join(folder, 'key') });
    expect(providers.map(({ id, key }) => [id, key])).toEqual([['anthropic', 'sk-file']]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('counts an empty variable as none', async () => {
  expect((await find({ OPENAI_API_KEY: '' })).providers).toEqual([]);
});

it.each([['two words'], ['line\nbreak'], ['ключ']])('refuses %j as a key without showing it', async (key) => {
  await expect(find({ OPENAI_API_KEY: key })).rejects.toThrow(/OPENAI_API_KEY can't be a key/);
  await expect(find({ OPENAI_API_KEY: key })).rejects.not.toThrow(key);
});

it('finds a local server at the address that its variable names, with its models', async () => {
  const { providers, notes } = await find({ OLLAMA_BASE_URL: url });
  expect(providers).toEqual([
    {
      id: 'ollama',
      displayName: 'Ollama',
      wireFormat: 'openai-chat',
      baseUrl: `${url}/v1`,
      key: undefined,
      models: ['llama3.2', 'qwen3'],
      priority: 100,
      simulated: false,
      source: `2 models at ${url}/v1`,
    },
  ]);
  expect(notes).toEqual([]);
});

it('finds a local server by its own port', async () => {
  const localServers = [{ id: 'vllm', name: 'vLLM', variable: 'VLLM_URL', url }];
  const { providers } = await findProviders({ env: {}, catalog: bundledCatalog(), localServers });
  expect(providers.map(({ id }) => id)).toEqual(['vllm']);
});

it('tells of a local server that was named and does not answer', async () => {
  expect(await find({ LOCALAI_URL: nowhere })).toEqual({
    providers: [],
    notes: [`LocalAI is not used: ${nowhere}/v1 (LOCALAI_URL): ECONNREFUSED`],
  });
});

it.each([
  ['openai', 'openai'],
  ['Gemini', 'google'],
  ['ollama', 'ollama'],
])('prefers %s where LLM_PROVIDER names it', async (name, id) => {
  const env = { OPENAI_API_KEY: 'sk', GEMINI_API_KEY: 'g', OLLAMA_BASE_URL: url, LLM_PROVIDER: name };
  const { providers } = await find(env);
  expect(providers.filter(({ priority }) => priority === 10).map((provider) => provider.id)).toEqual([id]);
  expect(providers.filter(({ priority }) => priority === 100)).toHaveLength(2);
});

it('says what LLM_PROVIDER could have named', async () => {
  await expect(find({ OPENAI_API_KEY: 'sk', LLM_PROVIDER: 'antropic' })).rejects.toThrow(
    /LLM_PROVIDER names "antropic".*found: openai/,
  );
});

it('leaves real providers alone when LLM_PROVIDER asks for the simulator', async () => {
  expect((await find({ OPENAI_API_KEY: 'sk', LLM_PROVIDER: 'simulator' })).providers).toEqual([]);
});

it.each([
  ['http://host:11434', 'http://host:11434/v1'],
  ['http://host:11434/v1/', 'http://host:11434/v1'],
  ['https://host/proxy', 'https://host/proxy/v1'],
  ['127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
  ['ftp://host', undefined],
  ['http://user:password@host', undefined],
  ['http://host?x=1', undefined],
  ['not an address', undefined],
])('reads the address %s', (text, base) => {
  expect(apiBaseUrl(text)).toBe(base);
});
