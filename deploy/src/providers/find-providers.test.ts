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

it('finds providers of clouds by the variables of their own tools, each with its own address', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-clouds-'));
  try {
    const file = join(folder, 'account.json');
    writeFileSync(file, JSON.stringify({ type: 'service_account', project_id: 'my-project' }));
    const { providers, notes } = await find({
      CO_API_KEY: 'co-1',
      AWS_ACCESS_KEY_ID: 'AKIA1',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'eu-west-1',
      GOOGLE_APPLICATION_CREDENTIALS: file,
      GOOGLE_CLOUD_LOCATION: 'europe-west4',
      AZURE_OPENAI_API_KEY: 'az-1',
      AZURE_OPENAI_ENDPOINT: 'https://my-resource.openai.azure.com/',
      AZURE_OPENAI_DEPLOYMENTS: 'gpt-4o, small',
      LLM_PROVIDER: 'bedrock',
    });
    expect(notes).toEqual([]);
    expect(providers.map(({ id, wireFormat, baseUrl }) => [id, wireFormat, baseUrl])).toEqual([
      ['cohere', 'cohere-v2', 'https://api.cohere.com/v2'],
      ['amazon-bedrock', 'bedrock-converse', 'https://bedrock-runtime.eu-west-1.amazonaws.com'],
      [
        'google-vertex',
        'vertex-gemini',
        'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4/publishers/google',
      ],
      ['azure', 'azure-openai', 'https://my-resource.openai.azure.com/openai/v1'],
    ]);
    const [, bedrock, vertex, azure] = providers;
    expect(JSON.parse(bedrock?.key ?? '')).toEqual({
      access_key_id: 'AKIA1',
      secret_access_key: 'secret',
      region: 'eu-west-1',
    });
    expect(bedrock?.priority).toBe(10);
    expect(vertex?.tokenOrigins).toEqual(['https://oauth2.googleapis.com']);
    expect(azure?.models).toEqual(['gpt-4o', 'small']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each<[string, Env, RegExp]>([
  [
    'AZURE_OPENAI_ENDPOINT',
    { AZURE_OPENAI_API_KEY: 'k-1', AZURE_OPENAI_ENDPOINT: 'https://openai.azure.com.evil.example' },
    /my-resource/,
  ],
  [
    'AZURE_OPENAI_ENDPOINT',
    { AZURE_OPENAI_API_KEY: 'k-1', AZURE_OPENAI_ENDPOINT: 'http://a.openai.azure.com' },
    /my-resource/,
  ],
  [
    'AWS_REGION',
    { AWS_ACCESS_KEY_ID: 'k-1', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'x.evil.example/' },
    /plain name/,
  ],
])('sends no key where %s leads elsewhere, says so and goes on', async (name, env, expected) => {
  const { providers, notes } = await find({ ...env, OPENAI_API_KEY: 'sk-1' });
  expect(providers.map(({ id }) => id)).toEqual(['openai']);
  expect(notes).toEqual([expect.stringMatching(expected)]);
  expect(notes[0]).toContain(`is not used: ${name} `);
});

it.each<[string, Env, string[]]>([
  ['an odd region without a key', { AWS_REGION: 'a b', GOOGLE_CLOUD_LOCATION: 'a/b' }, []],
  ['a region whose file is not there, without a key', { AWS_REGION_FILE: '/nowhere/region' }, []],
  ['a key of AWS without a region', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }, []],
  [
    'Azure without deployments',
    { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com' },
    ['Azure OpenAI is not used: AZURE_OPENAI_DEPLOYMENTS must name its deployments, with commas'],
  ],
  [
    'no service account',
    { GOOGLE_APPLICATION_CREDENTIALS: '/dev/null', GOOGLE_CLOUD_LOCATION: 'global' },
    ['Vertex AI is not used: GOOGLE_APPLICATION_CREDENTIALS names no readable key of a service account'],
  ],
])('leaves %s alone', async (_, env, notes) => {
  expect(await find(env)).toEqual({ providers: [], notes });
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
